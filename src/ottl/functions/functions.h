#pragma once

// The functions of OTTL in groups, a file each.

#include "ottl/library.h"

namespace sluice::ottl {

void add_editors(Library& library);               // set, delete_key, replace_pattern …
void add_routing_editors(Library& library);       // route, delete_key …: routing only
void add_type_functions(Library& library);        // Int, String, IsMap, Len …
void add_string_functions(Library& library);      // Concat, ConvertCase, Split, Format …
void add_pattern_functions(Library& library);     // IsMatch, ExtractPatterns, grok
void add_collection_functions(Library& library);  // Keys, Values, Sort, Index …
void add_time_functions(Library& library);        // Now, Time, Duration, Hour …
void add_hash_functions(Library& library);        // SHA256, FNV, Murmur3Hash, XXH3 …
void add_id_functions(Library& library);          // TraceID, UUID …
void add_parse_functions(Library& library);       // ParseJSON, ParseCSV, ParseKeyValue …
void add_xml_functions(Library& library);         // ParseXML, GetXML …
void add_network_functions(Library& library);     // URL, IsInCIDR, CommunityID, UserAgent
void add_metric_functions(Library& library);      // convert_sum_to_gauge …: metrics only
void add_span_functions(Library& library);        // IsRootSpan, set_semconv_span_name: spans only
void add_log_functions(Library& library);         // ParseCLF, ParseLEEF …: logs only
void add_filter_functions(Library& library);  // HasAttrOnDatapoint …: the filter processor only

void add_histogram_functions(Library& library);   // of add_metric_functions
void add_merging_editors(Library& library);       // merge_maps, flatten
void add_grok_functions(Library& library);        // ExtractGrokPatterns
void add_user_agent_functions(Library& library);  // UserAgent

}  // namespace sluice::ottl
