"""What the lines of a data set must be: pure rules, the same for the builder and for files on disk."""

from workspace.exports.policy.files import LINE_BYTES, MANIFEST, SENSITIVE, check_file, check_folder, kept_as
from workspace.exports.policy.records import GENESIS
from workspace.exports.policy.sheets import (
    ONE_CLASS,
    RECORDS,
    TEST_SHARE,
    Defect,
    Sheet,
    canonical,
    linked,
    split_of,
)

__all__ = [
    "GENESIS",
    "LINE_BYTES",
    "MANIFEST",
    "ONE_CLASS",
    "RECORDS",
    "SENSITIVE",
    "TEST_SHARE",
    "Defect",
    "Sheet",
    "canonical",
    "check_file",
    "check_folder",
    "kept_as",
    "linked",
    "split_of",
]
