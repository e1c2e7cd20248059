import { join } from 'node:path'
import { freePort, profile, startServer, token } from '../lib/processes.js'
import type { BenchCase } from '../lib/types.js'

/** What the default agent sends to its model for "hi". */
const bench: BenchCase = async (context) => {
  const port = await freePort()
  const env = profile(context, 'prompt', port)
  const gateway = await startServer([join(context.dist, 'src/bin.js'), 'gateway', 'run'], port, env)
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }),
    })
    const bytes = Number(response.headers.get('x-prompt-bytes'))
    return [{ what: 'prompt for "hi"', unit: 'bytes', ours: bytes, value: bytes, limit: { atMost: 4096 } }]
  } finally {
    await gateway.stop()
  }
}

export default bench
