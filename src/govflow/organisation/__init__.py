"""The organisation 机构: one directory of areas, units and appointments per log, and the authority that reads it."""

from govflow.organisation.authority import DirectoryAuthority as DirectoryAuthority
from govflow.organisation.directory import DIRECTORY as DIRECTORY
from govflow.organisation.importing import import_directory as import_directory
from govflow.organisation.importing import planned as planned
from govflow.organisation.model import DIRECTORY_ID as DIRECTORY_ID
from govflow.organisation.model import Directory as Directory
from govflow.organisation.model import FoundDirectory as FoundDirectory
