"""The AgentSpeak(L) engine: minds as programs, with no trauma, network or clock of their own."""

from agents.bdi.actions import Actions, Call, action
from agents.bdi.cycle import Agent
from agents.bdi.failure import ActionFailed
from agents.bdi.lint_beliefs import World
from agents.bdi.mailbox import Message
from agents.bdi.printing import term_text
from agents.bdi.program import Program
from agents.bdi.records import Trace
from agents.bdi.terms import Atom, Struct, Var, to_python, to_term
from agents.bdi.trace import Frame, Reason
from agents.bdi.tracing import TracedAgent

__all__ = [
    "ActionFailed",
    "Actions",
    "Agent",
    "Atom",
    "Call",
    "Frame",
    "Message",
    "Program",
    "Reason",
    "Struct",
    "Trace",
    "TracedAgent",
    "Var",
    "World",
    "action",
    "term_text",
    "to_python",
    "to_term",
]
