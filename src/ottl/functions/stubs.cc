#include "ottl/functions/functions.h"
namespace sluice::ottl {
void add_network_functions(Library&) {}
void add_xml_functions(Library&) {}
}  // namespace sluice::ottl
