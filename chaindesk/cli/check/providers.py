"""What ``check`` finds out about providers without paying: keys, permissions, prices, and their lists of models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chaindesk.cli.check.report import Findings
from chaindesk.cli.inputs import permission_hint
from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.completion import ANY_MODEL, Endpoint
from chaindesk.domain.errors import CallError, FailureKind, InputError, KeyringError, Problem
from chaindesk.domain.manifest import Notice
from chaindesk.engine.model_catalog import Offer, missing_models, offers
from chaindesk.providers.registry import key_command, resolve

_HOLDS_A_RUN = (FailureKind.UNREACHABLE, FailureKind.UNTRUSTED, FailureKind.QUOTA)
_REFUSED = 401  # 403 may forbid just the list: some keys may ask models, and not which there are


def endpoints_of(chain: Chain) -> dict[str, Endpoint]:
    """Return the providers that a chain's steps ask, by name, without those that make no endpoint."""
    found: dict[str, Endpoint] = {}
    for name in dict.fromkeys(step.provider for step in chain.steps):
        try:
            found[name] = resolve(name, chain.providers.get(name))
        except InputError:
            continue  # told as a mistake of the chain
    return found


async def look_at_providers(chain: Chain, found: Findings, *, offline: bool, allow_variables: bool) -> int:
    """Find out whether the keys are there, and unless ``offline`` which models the providers list, which is free."""
    keys, asked = KeyStore(), endpoints_of(chain)
    endpoints = [one for endpoint in asked.values() for one in endpoint.asked]
    if allow_variables:
        for one in keys.pending_permissions(endpoints):
            keys.allow(one, remember=False)
    try:
        known, missing = await keys.find_all(endpoints)
    except KeyringError as error:
        found.problems.append(Problem(str(error)))
        return 0
    pending = keys.pending_permissions(endpoints)
    found.problems += [Problem(permission_hint(one)) for one in pending]
    found.problems += _missing_keys(missing, {one.variable for one in pending})
    if not offline:
        found.offers = await offers(endpoints, known)
        for offer in found.offers.values():
            _judge(offer, found)
        told = missing_models(chain, _by_provider(asked, found.offers))
        found.notices += [Notice(words) for words in dict.fromkeys(words for _, words in told)]
    return 0


def _by_provider(asked: Mapping[str, Endpoint], offers: Mapping[str, Offer]) -> Mapping[str, Offer]:
    """Return what each provider lists: of several servers, what the one lists that lists least."""
    listed = {
        name: [offers[one.name] for one in endpoint.asked if one.name in offers] for name, endpoint in asked.items()
    }
    return {name: min(several, key=lambda offer: len(offer.models)) for name, several in listed.items() if several}


def _missing_keys(missing: Iterable[Endpoint], waiting: Iterable[str]) -> Iterator[Problem]:
    for endpoint in missing:
        if endpoint.key_variable not in waiting:
            variable = f", or set {endpoint.key_variable}" if endpoint.key_variable else ""
            yield Problem(f"There is no key for {endpoint.name}. Give it with: {key_command(endpoint)}{variable}.")


def _judge(offer: Offer, found: Findings) -> None:
    """Say what a provider answered to the question for its models, where a run would meet the same."""
    failure = offer.failure
    if failure is None or not _stops_a_run(failure):
        if offer.trouble and (failure is not None or "did not list" in offer.trouble):
            found.notices.append(Notice(offer.trouble))
        return
    found.problems.append(Problem(f"{failure} (Asked for the list of {offer.provider}'s models, which is free.)"))


def _stops_a_run(failure: CallError) -> bool:
    refused = failure.kind is FailureKind.KEY and failure.http_status == _REFUSED
    return refused or failure.kind in _HOLDS_A_RUN


def look_at_prices(chain: Chain, found: Findings) -> None:
    """Name prices that no step uses, which may be misspelt."""
    for provider, settings in chain.providers.items():
        used = {step.model_name for step in chain.steps if step.provider == provider}
        for model in settings.prices:
            if used and model != ANY_MODEL and model not in used:
                nearest = nearest_name(model, used)
                hint = f" Did you mean {nearest}?" if nearest else ""
                found.notices.append(Notice(f'No step uses the price of "{model}" under {provider}.{hint}'))
