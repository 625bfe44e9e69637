"""The one pipeline all ARM requests pass: identity, user agent, request id, TLS. No retries (the pollers back off
themselves and show it), no redirects (the token stays on its host), no automatic provider registration (a read must
write nothing). Importing this imports the azure packages.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Mapping
from typing import Any

import aiohttp
from azure.core.exceptions import ServiceResponseTimeoutError
from azure.core.pipeline import AsyncPipeline
from azure.core.pipeline.policies import (
    ContentDecodePolicy,
    CustomHookPolicy,
    ProxyPolicy,
    RequestIdPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import AioHttpTransport
from azure.mgmt.core import AsyncARMPipelineClient
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy
from azure.mgmt.kubernetesconfiguration.aio import SourceControlConfigurationClient

from tui.client.clouds import cloud_of
from tui.client.proxy import proxy_for
from tui.settings import Settings

CONNECT = 10
READ = 60
LONGEST = 180.0
"""Seconds for a whole answer: when the framing of a body breaks, aiohttp would wait for its end for ever."""


class Bounded(AioHttpTransport):  # type: ignore[misc]  # the SDK has no types
    """Gives up what takes too long."""

    async def send(self, request: Any, **config: Any) -> Any:
        try:
            async with asyncio.timeout(LONGEST):
                return await super().send(request, **config)
        except TimeoutError as error:
            raise ServiceResponseTimeoutError("no answer in time", error=error) from error


def open_client(settings: Settings, credential: Any, environ: Mapping[str, str] = os.environ) -> Any:
    """A client on the settings' cloud. Raises UsageProblem and OSError when its proxy or CA file cannot be used."""
    cloud = cloud_of(settings)
    proxy = proxy_for(cloud.arm, environ)
    policies: list[Any] = [
        UserAgentPolicy("arcdeck"),
        RequestIdPolicy(),
        CustomHookPolicy(),
        ContentDecodePolicy(),
        *([ProxyPolicy({"https": proxy})] if proxy else []),
        AsyncARMChallengeAuthenticationPolicy(credential, cloud.scope),
    ]
    authority = settings.demo.ca if settings.demo else environ.get("REQUESTS_CA_BUNDLE") or None
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=authority)),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,  # aiohttp's own reading of the environment takes ~/.netrc too, which clashes with the token
    )
    transport = Bounded(session=session, connection_timeout=CONNECT, read_timeout=READ)
    pipeline: Any = AsyncPipeline(transport, policies)
    return AsyncARMPipelineClient(cloud.arm, policies=policies, pipeline=pipeline)


def extensions_of(client: Any, credential: Any, subscription: str, version: str, endpoint: str) -> Any:
    """The extension operations of the official client in one api-version, on the pipeline of `client`."""
    made: Any = SourceControlConfigurationClient(
        credential, subscription, api_version=version, base_url=endpoint, pipeline=client._pipeline
    )
    return made.extensions
