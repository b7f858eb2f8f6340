"""cmake/profile.tar.xz fits the tree: else the way of a request is compiled without it, and nobody notices."""

import pathlib
import re
import tarfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
AGAIN = "run tools/train, which makes cmake/profile.tar.xz anew"


def names():
    with tarfile.open(ROOT / "cmake/profile.tar.xz") as archive:
        return archive.getnames()


def test_it_is_of_sources_that_are_there():
    seen = [re.fullmatch(r"src/(\w+)/CMakeFiles/sluice_\1\.dir/(.*\.cc)\.gcda", name) for name in names() if not name.startswith("profile/")]
    assert all(seen) and len(seen) > 100
    gone = [path for path in (f"src/{found[1]}/{found[2]}" for found in seen) if not (ROOT / path).is_file()]
    assert not gone, AGAIN


def test_hot_sources_are_in_it():
    hot = ("otlp/json_body_flattener.cc", "otlp/protobuf_decode.cc", "ottl/condition.cc", "mapping/tables.cc", "wire/lz4_block.cc",
           "components/processors/transform/transform.cc")
    packed = names()
    for path in hot:
        folder, _, rest = path.partition("/")
        assert (ROOT / "src" / path).is_file(), path
        assert f"src/{folder}/CMakeFiles/sluice_{folder}.dir/{rest}.gcda" in packed, AGAIN
