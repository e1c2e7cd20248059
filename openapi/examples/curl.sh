#!/usr/bin/env bash
# One request of each kind. OPENCLAW_URL and OPENCLAW_GATEWAY_TOKEN say where and who: the token
# that the first start printed, or the one you set; `openclaw config get` shows it blanked. Stops at the first failure.
set -euo pipefail
url=${OPENCLAW_URL:-http://127.0.0.1:18789}
auth="Authorization: Bearer ${OPENCLAW_GATEWAY_TOKEN:?is not set}"
json='Content-Type: application/json'

# Probes need no token.
curl -sS --fail-with-body "$url/healthz"; echo
curl -sS --fail-with-body "$url/readyz"; echo

# The agents of this gateway, listed as models. The slash of `openclaw/main` may be sent encoded or as it is.
curl -sS --fail-with-body "$url/v1/models" -H "$auth"; echo
curl -sS --fail-with-body "$url/v1/models/openclaw%2Fmain" -H "$auth"; echo

# One turn that stands alone.
curl -sS --fail-with-body "$url/v1/chat/completions" -H "$auth" -H "$json" \
  -d '{"model": "openclaw:main", "messages": [{"role": "user", "content": "Say hello."}]}'; echo

# The same as server-sent events; -N shows each as it comes.
curl -sS -N --fail-with-body "$url/v1/chat/completions" -H "$auth" -H "$json" \
  -d '{"model": "openclaw", "stream": true, "messages": [{"role": "user", "content": "Say hello."}]}'

# A conversation that the gateway remembers: all calls with the same user continue it.
curl -sS --fail-with-body "$url/v1/chat/completions" -H "$auth" -H "$json" \
  -d '{"model": "openclaw", "user": "alice", "messages": [{"role": "user", "content": "My name is Alice."}]}'; echo

# The same as a response, which can be read again and gone on from.
curl -sS --fail-with-body "$url/v1/responses" -H "$auth" -H "$json" \
  -d '{"model": "openclaw", "input": "Say hello."}'; echo

# Every method of the control plane (docs/ws-methods.md) is a POST.
curl -sS --fail-with-body "$url/rpc/sessions.list" -H "$auth" -H "$json" -d '{"limit": 10}'; echo

# Vectors; needs agents.defaults.embeddingModel in the config.
curl -sS --fail-with-body "$url/v1/embeddings" -H "$auth" -H "$json" \
  -d '{"model": "openclaw", "input": ["first text", "second text"]}'; echo

# A tool without a model, under the tool policy; dryRun only checks. Without it the file is read.
curl -sS --fail-with-body "$url/tools/invoke" -H "$auth" -H "$json" \
  -d '{"tool": "read", "args": {"path": "AGENTS.md"}, "dryRun": true}'; echo

# Hooks, where the config has them on: a token of their own, and turns that nobody waits for.
if [ -n "${HOOKS_TOKEN:-}" ]; then
  hook="Authorization: Bearer $HOOKS_TOKEN"
  curl -sS --fail-with-body "$url/hooks/wake" -H "$hook" -H "$json" -d '{"text": "The backup is done."}'; echo
  curl -sS --fail-with-body "$url/hooks/agent" -H "$hook" -H "$json" \
    -d '{"message": "Disk of db1 is 92% full.", "name": "Monitor", "idempotencyKey": "db1-0711"}'; echo
fi

# Metrics for Prometheus, and the document that describes all this.
curl -sS --fail-with-body "$url/metrics" -H "$auth"
curl -sS --fail-with-body "$url/openapi.json" -H "$auth" -o /dev/null -w 'openapi.json: %{http_code}, %{size_download} bytes\n'
