#pragma once

// The option tables of TLS, for all components: a field of type io::TlsClientConfig or
// io::TlsServerConfig (or a std::optional of it) reads the collector's `tls:`.

#include "config/schema.h"
#include "io/tls_config.h"

namespace sluice::io {

const config::Schema<TlsConfig>& schema_of(const TlsConfig*);
const config::Schema<TlsClientConfig>& schema_of(const TlsClientConfig*);
const config::Schema<TlsServerConfig>& schema_of(const TlsServerConfig*);

/// Warns of what `tls` at its `place` says in vain: `insecure` where TLS is spoken, all else where
/// it is not. `because` says why that is so.
void warn_of_vain_tls(const TlsClientConfig& tls, bool is_spoken, const std::string& because,
                      const config::Place& place);

}  // namespace sluice::io
