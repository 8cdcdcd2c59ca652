"""Which views are open: a stack of up to three modals for each person, and their Home tab."""

from collections.abc import Callable
from typing import Final

from tests.fakes.slack.block_kit.blocks import Surface, named
from tests.fakes.slack.block_kit.views import is_too_large, judge_view
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Json, View
from tests.fakes.slack.workspace import Workspace

MOST_STACKED: Final = 3


class Modals:
    def __init__(self, workspace: Workspace, new_block_id: Callable[[], str]) -> None:
        self.workspace = workspace
        self.stacks: dict[str, list[View]] = {}
        self._new_block_id = new_block_id

    def top(self, user: str) -> View | None:
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def open(self, user: str, definition: Json) -> View:
        for view in self.stacks.get(user, []):
            view.open = False
        view = self._make(user, definition, Surface.MODAL)
        self.stacks[user] = [view]
        return view

    def push(self, user: str, definition: Json) -> View:
        stack = self.stacks.get(user)
        if not stack:
            raise Refusal("not_found", "no modal is open to push upon")
        if len(stack) >= MOST_STACKED:
            raise Refusal("push_limit_reached")
        view = self._make(user, definition, Surface.MODAL)
        view.root, view.previous = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def update(self, view: View, definition: Json, hash: str = "") -> View:
        if hash and hash != view.hash:
            raise Refusal("hash_conflict", f"{hash} is not {view.hash}")
        self._judge(definition, Surface(view.definition["type"]), except_for=view)
        view.definition = self._named(definition)
        view.external_id = definition.get("external_id", "")
        view.hash = self._hash()
        return view

    def publish(self, user: str, definition: Json, hash: str = "") -> View:
        home = self.workspace.homes.get(user)
        if home:
            return self.update(home, definition, hash)
        self.workspace.homes[user] = self._make(user, definition, Surface.HOME)
        return self.workspace.homes[user]

    def find(self, id: str, external_id: str) -> View:
        for view in self.workspace.views.values():
            if view.open and (view.id == id or (external_id and view.external_id == external_id)):
                return view
        raise Refusal("not_found", id or external_id)

    def close(self, view: View) -> None:
        """This one; what lies under it is seen again."""
        view.open = False
        self.stacks[view.user].remove(view)

    def clear(self, user: str) -> None:
        for view in list(self.stacks.get(user, [])):
            self.close(view)

    def _make(self, user: str, definition: Json, surface: Surface) -> View:
        self._judge(definition, surface)
        external = definition.get("external_id", "")
        view = View(self.workspace.id("V"), user, self._named(definition), self._hash())
        view.external_id = external
        self.workspace.views[view.id] = view
        return view

    def _judge(self, definition: Json, surface: Surface, except_for: View | None = None) -> None:
        if is_too_large(definition):
            raise Refusal("view_too_large")
        if wrongs := judge_view(definition, surface):
            messages = [f"[ERROR] {wrong}" for wrong in wrongs]
            raise Refusal(
                "invalid_arguments",
                "; ".join(wrongs),
                response_metadata={"messages": messages},
            )
        external = definition.get("external_id")
        for view in self.workspace.views.values():
            if external and view.external_id == external and view.open and view is not except_for:
                raise Refusal("duplicate_external_id", external)

    def _named(self, definition: Json) -> Json:
        return {**definition, "blocks": named(definition["blocks"], self._new_block_id)}

    def _hash(self) -> str:
        return f"{self.workspace.time.seconds()}.{self.workspace.id('h')}"
