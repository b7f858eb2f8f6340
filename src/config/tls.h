#pragma once

// The option tables of TLS, for all components: a field of type io::TlsClientConfig or
// io::TlsServerConfig (or a std::optional of it) reads the collector's `tls:`.

#include "config/schema.h"
#include "io/tls_config.h"

namespace sluice::io {

const config::Schema<TlsConfig>& schema_of(const TlsConfig*);
const config::Schema<TlsClientConfig>& schema_of(const TlsClientConfig*);
const config::Schema<TlsServerConfig>& schema_of(const TlsServerConfig*);

}  // namespace sluice::io
