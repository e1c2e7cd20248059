import { request } from 'node:http'
import t from 'tap'
import { bearer, testConfig } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'

const megabyte = Buffer.alloc(1024 * 1024, 'x')

/** Sends a body to its end, whatever the gateway says meanwhile, and gives the answer. */
function upload(
  url: string,
  headers: Record<string, string>,
  megabytes: number,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    })
    call.once('error', reject)
    call.once('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    let left = megabytes
    const send = () => {
      while (left > 0) {
        left -= 1
        if (!call.write(megabyte)) return void call.once('drain', send)
      }
      call.end()
    }
    send()
  })
}

t.test('a client that still sends gets its refusal, not a reset', async (t) => {
  const gateway = await startGateway(t, testConfig())
  const length = { 'content-length': String(30 * megabyte.length) }
  for (let round = 0; round < 5; round += 1) {
    const announced = await upload(gateway.url, { ...bearer, ...length }, 30)
    t.equal(announced.status, 413)
    t.match(JSON.parse(announced.body), { error: { code: 'request_too_large' } })
    t.equal((await upload(gateway.url, bearer, 30)).status, 413, 'chunked')
    t.equal((await upload(gateway.url, { authorization: 'Bearer wrong', ...length }, 30)).status, round < 5 ? 401 : 429)
  }
})
