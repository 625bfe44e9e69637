"""Errands of the extension's screens: make a plan, show it, have it run, and show how it goes.

Owns that order. What a plan holds is `domain.plan_choice`'s; it runs in the session, whatever screen is shown.
"""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.screen import Screen

from tui.core.errors import Problem
from tui.domain.plans import choice as plan_choice
from tui.domain.plans.draft import Draft
from tui.domain.plans.plan import Plan
from tui.screens.deck import Deck, deck_of


def plan_wished(screen: Screen[Any], draft: Draft) -> None:
    """Look at the cluster once more, then show the plan for a draft."""
    screen.run_worker(_wished(screen, draft), group="plan", exclusive=True)


async def _wished(screen: Screen[Any], draft: Draft) -> None:
    deck = deck_of(screen)
    session = deck.session
    if session is None or session.extension is None:
        _say(screen, Problem("not connected yet"))
        return
    screen.notify("looking at the cluster and the subscription…", timeout=3, markup=False)
    seen = await session.extension.survey(session.target.cluster_id)
    endpoints = await session.extension.endpoints()
    await _confirmed(screen, plan_choice.wished(draft, deck.store.by_kind(), seen, endpoints))


def plan_removal(screen: Screen[Any], *, force: bool = False) -> None:
    """Show the plan that takes the extension away."""
    made = plan_choice.removal(deck_of(screen).store.by_kind(), force=force)
    screen.run_worker(_confirmed(screen, made), group="plan", exclusive=True)


async def _confirmed(screen: Screen[Any], plan: Plan | Problem) -> None:
    from tui.screens.plan import PlanScreen

    if isinstance(plan, Problem):
        _say(screen, plan)
        return
    session = deck_of(screen).session
    if not await screen.app.push_screen_wait(PlanScreen(plan)) or session is None or session.extension is None:
        return
    refused = session.extension.begin(plan)
    if refused is not None:
        _say(screen, refused)
    else:
        screen.app.call_later(_watched, deck_of(screen), screen.app, plan.target)


async def _watched(deck: Deck, app: App[Any], target: str) -> None:
    """The form and the plan have done their work: what goes on is shown in their place."""
    from tui.screens.progress import ProgressScreen

    await deck.bare()
    app.push_screen(ProgressScreen(target))


def _say(screen: Screen[Any], problem: Problem) -> None:
    told = f"{problem}; {problem.next}" if problem.next else str(problem)
    screen.notify(told, severity="error", timeout=15, markup=False)
