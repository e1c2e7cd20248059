import { Type } from '../type.js'
import { either, flag, int, section, texts } from './words.js'

const fetchLimits = {
  allowUrl: flag('Fetch http(s) URLs that a request names.'),
  urlAllowlist: texts('Hosts that may be fetched; `*.example.com` is allowed.'),
  allowedMimes: texts('Accepted media types.'),
  maxBytes: int('Largest item in bytes.'),
  maxRedirects: int('Redirects followed.'),
  timeoutMs: int('Longest fetch in milliseconds.'),
}
const images = section('Limits on images in requests.', { ...fetchLimits })
const files = section('Limits on files in requests.', {
  ...fetchLimits,
  maxChars: int('Longest text taken from a file, in characters.'),
  pdf: section('Limits on PDF files.', {
    maxPages: int('Pages read.', { default: 4 }),
    maxPixels: int('Largest rendered page in pixels.'),
    minTextChars: int('Below this much text a page is rendered as an image.'),
  }),
})

const endpoint = (name: string) => ({
  enabled: flag(`Serve ${name}.`, false),
  maxBodyBytes: int('Largest request body in bytes.', { minimum: 1 }),
  images,
})

export const gatewayHttp = section('HTTP doors of the gateway.', {
  endpoints: section('OpenAI-compatible endpoints; each is off until enabled.', {
    chatCompletions: section('POST /v1/chat/completions, /v1/models and /v1/embeddings.', {
      ...endpoint('/v1/chat/completions'),
      allowHttpImages: flag('Accept http(s) image URLs, not only data: URLs.', false),
      maxImageParts: int('Images per message.', { default: 8 }),
      maxTotalImageBytes: int('All images of one request, in bytes.'),
    }),
    responses: section('POST /v1/responses.', {
      ...endpoint('/v1/responses'),
      maxUrlParts: int('Parts given as URLs per request.', { default: 8 }),
      files,
    }),
    embeddings: section('POST /v1/embeddings on its own.', {
      enabled: flag('Serve /v1/embeddings even when chat completions are off.'),
    }),
  }),
  securityHeaders: section('Response headers for browsers.', {
    strictTransportSecurity: either('Value of Strict-Transport-Security, or false for none.', [
      Type.String(),
      Type.Literal(false),
    ]),
  }),
  cors: section('Cross-origin access to the HTTP API.', {
    allowedOrigins: texts('Browser origins that may call the API, e.g. https://app.example.com.'),
  }),
  allowedHosts: texts('Host names, besides the own addresses, under which the gateway answers.'),
})
