"""脱敏导出 redacted exports: a log without people, for auditors, tests and research, that verifies and replays."""

from govflow.redacting.exporting import Redacted as Redacted
from govflow.redacting.exporting import redacted as redacted
