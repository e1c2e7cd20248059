import type { Config } from '../../config/types.js'
import { resolveModel } from '../../models/catalog.js'
import type { Environment } from '../../models/credentials.js'

const limitMs = 10_000
const maxBytes = 4 * 1024 * 1024
const maxModels = 300

/**
 * Ids of the models that a provider offers, sorted; undefined when it does not say. A provider that lists nothing can
 * still be used, so nothing here fails.
 */
export async function discoverModels(
  config: Config,
  provider: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  try {
    // Any name will do: the address and the key are those of the provider.
    const model = resolveModel(config, `${provider}/-`, env)
    const { url, headers } = listingOf(model.api, model.baseUrl, model.apiKey)
    const ended = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])])
    const response = await fetch(url, { headers: { ...model.headers, ...headers }, signal: ended, redirect: 'error' })
    if (!response.ok) return undefined
    const ids = idsIn(JSON.parse(await limited(response)))
    return ids.length > 0 ? [...new Set(ids)].sort().slice(0, maxModels) : undefined
  } catch {
    return undefined
  }
}

function listingOf(
  api: string,
  baseUrl: string,
  key: string | undefined,
): { url: string; headers: Record<string, string> } {
  const base = baseUrl.replace(/\/+$/, '')
  if (api === 'anthropic-messages') {
    const url = `${base}${/\/v1$/.test(base) ? '' : '/v1'}/models?limit=100`
    return { url, headers: { 'anthropic-version': '2023-06-01', ...(key && { 'x-api-key': key }) } }
  }
  if (api === 'google-generative-ai') {
    return { url: `${base}/models?pageSize=200`, headers: key ? { 'x-goog-api-key': key } : {} }
  }
  if (api === 'ollama') return { url: `${base.replace(/\/v1$/, '')}/api/tags`, headers: {} }
  return { url: `${base}/models`, headers: key ? { authorization: `Bearer ${key}` } : {} }
}

async function limited(response: Response): Promise<string> {
  let bytes = 0
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new RangeError('The list is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** `{data:[{id}]}` (OpenAI, Anthropic), `{models:[{name}]}` (Google, Ollama). */
function idsIn(body: unknown): string[] {
  const rows: unknown = Object(body).data ?? Object(body).models
  if (!Array.isArray(rows)) return []
  return rows.flatMap((row: unknown) => {
    const id: unknown = Object(row).id ?? Object(row).name
    return typeof id === 'string' && id.length <= 200 ? [id.replace(/^models\//, '')] : []
  })
}
