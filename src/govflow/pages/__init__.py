"""公开页 pages for everybody: one file of HTML that needs nothing else. Nothing personal stands on one.

Needs the extra `cli` (jinja2). A page is a function of the record, its events and the moment it is made.
"""

from govflow.pages.parts import Linked as Linked
from govflow.pages.project import project_page as project_page
from govflow.pages.project_index import page_names as page_names
from govflow.pages.project_index import projects_page as projects_page
from govflow.pages.proposal import proposal_page as proposal_page
