"""The one pipeline all ARM requests pass: identity, user agent, request id, TLS. No retries (the pollers back off
themselves and show it), no redirects (the token stays on its host), no automatic provider registration (a read must
write nothing). Importing this imports the azure packages.
"""

from __future__ import annotations

from typing import Any

from azure.core.pipeline import AsyncPipeline
from azure.core.pipeline.policies import CustomHookPolicy, RequestIdPolicy, UserAgentPolicy
from azure.core.pipeline.transport import AioHttpTransport
from azure.mgmt.core import AsyncARMPipelineClient
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

from tui.client.arm import CONNECT, READ
from tui.client.credential import cloud_of
from tui.settings import Settings


def open_client(settings: Settings, credential: Any) -> Any:
    """A client on the settings' cloud."""
    cloud = cloud_of(settings)
    policies = [
        UserAgentPolicy("arcdeck"),
        RequestIdPolicy(),
        CustomHookPolicy(),
        AsyncARMChallengeAuthenticationPolicy(credential, cloud.scope),
    ]
    verify: Any = settings.demo.ca if settings.demo else True
    transport = AioHttpTransport(connection_timeout=CONNECT, read_timeout=READ, connection_verify=verify)
    pipeline: Any = AsyncPipeline(transport, policies)
    return AsyncARMPipelineClient(cloud.arm, policies=policies, pipeline=pipeline)


def extensions_client(client: Any, credential: Any, subscription: str, version: str, endpoint: str) -> Any:
    """The official extension client of one api-version, on the pipeline of `client`."""
    from azure.mgmt.kubernetesconfiguration.aio import SourceControlConfigurationClient

    return SourceControlConfigurationClient(
        credential, subscription, api_version=version, base_url=endpoint, pipeline=client._pipeline
    )
