#pragma once

namespace sluice::bench {

/// CPU seconds of a fixed piece of work (varints, small copies, hashing over 8 MiB), so that runs
/// from a time when the machine was slow can be told from those when it was fast.
double calibrate();

}  // namespace sluice::bench
