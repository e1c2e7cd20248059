import { SecretInput, SecretText, stringEnum } from '../primitives.js'
import { Type } from '../type.js'
import { choice, flag, int, json, list, mapOf, number, secret, section, sectionWith, text, texts } from './words.js'

/** Wire formats; the file names under src/providers. */
export const modelApis = [
  'openai-completions',
  'openai-responses',
  'openai-chatgpt-responses',
  'anthropic-messages',
  'google-generative-ai',
  'google-vertex',
  'github-copilot',
  'bedrock-converse-stream',
  'ollama',
  'azure-openai-responses',
] as const

const api = choice('Wire format; openai-completions when unset.', modelApis)
const headers = mapOf('HTTP headers.', SecretInput({ description: 'Header value.' }))

const model = sectionWith(
  'One model.',
  { id: Type.String({ description: 'Id as the provider knows it.', minLength: 1 }) },
  {
    name: text('Display name.'),
    api,
    baseUrl: text('URL when it differs from that of the provider.'),
    reasoning: flag('The model thinks before it answers.', false),
    input: list('What it accepts.', stringEnum(['text', 'image', 'audio', 'video']), { default: ['text'] }),
    cost: section('Price per million tokens.', {
      input: number('Input.', { minimum: 0, default: 0 }),
      output: number('Output.', { minimum: 0, default: 0 }),
      cacheRead: number('Input from cache.', { minimum: 0, default: 0 }),
      cacheWrite: number('Input written to cache.', { minimum: 0, default: 0 }),
    }),
    contextWindow: int('Context window in tokens.', { minimum: 1 }),
    contextTokens: int('Upper limit that is used of it, in tokens.', { minimum: 1 }),
    maxTokens: int('Longest answer in tokens.', { minimum: 1 }),
    headers,
    params: json('Parameters sent to the model.'),
    compat: json('Peculiarities of the server.'),
  },
)

const tls = section('TLS towards the provider.', {
  ca: secret('CA certificate.'),
  cert: secret('Client certificate.'),
  key: secret('Client key.'),
  passphrase: secret('Passphrase of the key.'),
  serverName: text('Expected server name.'),
  insecureSkipVerify: flag('Do not check the certificate.', false),
})

const request = section('How requests are made.', {
  headers,
  auth: section('Authorization.', {
    mode: choice('How the key is sent.', ['provider-default', 'authorization-bearer', 'header']),
    token: secret('Bearer token.'),
    headerName: text('Header name.'),
    value: secret('Header value.'),
    prefix: text('Text in front of the value.'),
  }),
  proxy: section('Proxy.', {
    mode: choice('Where the proxy comes from.', ['env-proxy', 'explicit-proxy']),
    url: text('Proxy URL.'),
    tls,
  }),
  tls,
  allowPrivateNetwork: flag('Allow private addresses.'),
})

const provider = section('One model provider.', {
  baseUrl: text('URL of the API, e.g. http://127.0.0.1:1234/v1.', { minLength: 1 }),
  api,
  apiKey: secret('Key; any text will do for a local server.'),
  auth: choice('How it authenticates.', ['api-key', 'token', 'oauth', 'aws-sdk']),
  authHeader: flag('Send Authorization: Bearer.'),
  headers,
  request,
  timeoutSeconds: int('Longest silence of the upstream in seconds.', { minimum: 1 }),
  maxTokens: int('Longest answer in tokens.', { minimum: 1 }),
  region: text('Cloud region.'),
  params: json('Parameters sent to every model.'),
  injectNumCtxForOpenAICompat: flag('Tell Ollama the context size.', true),
  localService: section('Server that is started when it is needed.', {
    command: text('Absolute path of the program.'),
    args: texts('Arguments.'),
    cwd: text('Working directory.'),
    env: mapOf('Environment.', SecretText()),
    healthUrl: text('URL that answers when it is ready.'),
    readyTimeoutMs: int('Longest start in milliseconds.'),
    idleStopMs: int('Stopped after so many milliseconds without use.'),
  }),
  models: list('Models.', model),
})

/** `models` (spec/config.md section 11.1). */
export const models = section('Model providers.', {
  mode: choice('merge: beside the built-in catalogue. replace: these only.', ['merge', 'replace'], 'merge'),
  providers: mapOf('Providers by id.', provider, '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  pricing: json('Where prices come from.'),
})
