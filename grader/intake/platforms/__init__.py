"""The platforms whose downloads are read: a file for each, and a row here.

Each file says where its platform's format is known from. The first platform that recognises a folder reads it, so
the sure marks come first and what people make by hand comes last.
"""

from grader.intake.platforms.base import Listing, Platform, Work
from grader.intake.platforms.blackboard import Blackboard
from grader.intake.platforms.brightspace import BRIGHTSPACE
from grader.intake.platforms.canvas import Canvas
from grader.intake.platforms.git import CLASSROOM50, GIT, GITHUB_CLASSROOM
from grader.intake.platforms.google_forms import GoogleForms
from grader.intake.platforms.gradescope import Gradescope
from grader.intake.platforms.moodle import Moodle
from grader.intake.platforms.nbgrader import NbGrader
from grader.intake.platforms.plain import Plain
from grader.intake.platforms.sakai import Sakai

PLATFORMS: tuple[Platform, ...] = (
    Gradescope(),
    Moodle(),
    BRIGHTSPACE,
    Blackboard(),
    Sakai(),
    Canvas(),
    NbGrader(),
    GITHUB_CLASSROOM,
    CLASSROOM50,
    GIT,
)
#: What no platform made: told last, and only where a folder is not one submission.
BY_HAND: tuple[Platform, ...] = (Plain("zips"), Plain("folders"))

__all__ = ["BY_HAND", "PLATFORMS", "GoogleForms", "Listing", "Platform", "Work"]
