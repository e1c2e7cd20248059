// An instant model: a fixed answer, whole or as a stream of twenty pieces.
import { createServer } from 'node:http'

const port = Number(process.argv[2])
const head = { id: 'chatcmpl-1', created: 1, model: 'one' }
const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 }
const pieces = Array.from({ length: 20 }, (_, n) => `word${n} `)
const whole = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: pieces.join('') }, finish_reason: 'stop' }],
  usage,
})
const chunk = (delta: object, finish: string | null) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const frames = [
  chunk({ role: 'assistant', content: '' }, null),
  ...pieces.map((content) => chunk({ content }, null)),
  chunk({}, 'stop'),
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
  'data: [DONE]\n\n',
]

const server = createServer((request, response) => {
  if (request.method === 'GET') return response.end('{"ok":true}')
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (text) => {
    body += text
  })
  request.on('end', () => {
    if (!body.includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'application/json' })
      return response.end(whole)
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const frame of frames) response.write(frame)
    response.end()
  })
})
server.listen(port, '127.0.0.1')
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
