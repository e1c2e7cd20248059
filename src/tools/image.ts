import type { ContentPart } from '../../schemas/message.js'
import { Type } from '../../schemas/type.js'
import { imageType, MAX_IMAGE_BYTES } from './_read/image.js'
import { failed, said } from './_text/file.js'
import { defineTool, type ToolContext } from './_types.js'
import { fenceUntrusted } from './_untrusted.js'

const timeoutMs = 30_000

export default defineTool({
  group: 'media',
  label: 'Look at an image',
  summary: 'Ask a model that sees about an image: a file (path) or an http(s) URL.',
  params: Type.Object({
    path: Type.Optional(Type.String({ minLength: 1 })),
    url: Type.Optional(Type.String({ minLength: 1, maxLength: 8_000 })),
    prompt: Type.Optional(Type.String({ maxLength: 10_000 })),
  }),
  spellings: { file_path: 'path', image: 'path', question: 'prompt' },
  readOnly: true,
  rare: true,
  setupKey: 'agents.defaults.imageModel',
  available: ({ agents }) => agents?.defaults?.imageModel !== undefined,
  async run(context, { path, url, prompt = 'Describe the image.' }) {
    if ((path === undefined) === (url === undefined)) return failed('Give either path or url.')
    const data = path === undefined ? await fetched(context, url ?? '') : await context.files.read(path)
    if (typeof data === 'string') return failed(data)
    const name = path ?? url ?? ''
    const mediaType = imageType(data)
    if (mediaType === undefined) return failed(`"${name}" is no png, jpeg, gif or webp image.`)
    if (data.length > MAX_IMAGE_BYTES) return failed(`"${name}" has ${data.length} bytes; at most ${MAX_IMAGE_BYTES}.`)
    const image: ContentPart = { type: 'image', mediaType, data: data.toString('base64') }
    const { text, model } = await context.gateway.vision.look({ images: [image], prompt, signal: context.signal })
    // What stands in a picture of strangers may be written to be obeyed.
    const words = url === undefined ? text : fenceUntrusted(text, url)
    return said(words, { model, mediaType, bytes: data.length })
  },
})

/** The bytes, or why there are none. */
async function fetched({ fetch, config, signal }: ToolContext, url: string): Promise<Buffer | string> {
  const policy = config.tools?.web?.fetch?.ssrfPolicy
  const limits = { maxBytes: MAX_IMAGE_BYTES, timeoutMs, maxRedirects: 3 }
  const { status, body, truncated } = await fetch({ url, ...limits, signal, ...(policy && { policy }) })
  if (status >= 400) return `The server answered ${status}.`
  return truncated ? `The image is larger than ${MAX_IMAGE_BYTES} bytes.` : body
}
