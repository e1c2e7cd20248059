import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Body } from '../_stage.js'

export const number = '+15550001111'
export const ownUuid = '00000000-0000-4000-8000-000000000001'
export const ada = { number: '+15550002222', uuid: 'aaaaaaaa-0000-4000-8000-000000000002', name: 'Ada' }
export const bob = { number: '+15550003333', uuid: 'bbbbbbbb-0000-4000-8000-000000000003', name: 'Bob' }

/** A server that speaks as `signal-cli daemon --http` does: JSON-RPC, server-sent events, a check. */
export class SignalServer {
  readonly calls: { readonly method: string; readonly params: Body }[] = []
  readonly files = new Map<string, Uint8Array>()
  /** Streams that were opened so far. */
  opened = 0
  registered = true
  root = ''
  #time = 1_790_000_000_000
  #event = 0
  readonly #streams = new Set<ServerResponse>()
  readonly #waiting: string[] = []
  readonly #trouble = new Map<string, Body[]>()
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
    this.root = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** A message of a person; gives when it was sent. */
  says(message: string, data: Body = {}, from = ada): number {
    this.#time += 1
    const dataMessage = { timestamp: this.#time, message, expiresInSeconds: 0, viewOnce: false, ...data }
    this.envelope({ dataMessage }, from)
    return this.#time
  }

  envelope(body: Body, from = ada): void {
    const envelope = {
      ...{ source: from.number, sourceNumber: from.number, sourceUuid: from.uuid, sourceName: from.name },
      ...{ sourceDevice: 1, timestamp: this.#time, ...body },
    }
    this.#event += 1
    const text = `event:receive\nid:${this.#event}\ndata:${JSON.stringify({ envelope, account: number })}\n\n`
    if (this.#streams.size === 0) this.#waiting.push(text)
    for (const stream of this.#streams) stream.write(text)
  }

  /** Ends every stream, as a restart of the daemon does. */
  cut(): void {
    for (const stream of this.#streams) stream.destroy()
    this.#streams.clear()
  }

  fails(method: string, error: Body): void {
    this.#trouble.set(method, [...(this.#trouble.get(method) ?? []), error])
  }

  of(method: string): Body[] {
    return this.calls.filter((call) => call.method === method).map(({ params }) => params)
  }

  get sent(): string[] {
    return this.of('send').map(({ message }) => message)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.root)
    if (url.pathname === '/api/v1/check') return void response.writeHead(200).end()
    if (url.pathname === '/api/v1/events') {
      if (!this.registered || url.searchParams.get('account') !== number) return void response.writeHead(404).end()
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n')
      this.opened += 1
      this.#streams.add(response)
      response.on('close', () => this.#streams.delete(response))
      for (const text of this.#waiting.splice(0)) response.write(text)
      return
    }
    if (url.pathname !== '/api/v1/rpc') return void response.writeHead(404).end()
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { id, method, params } = JSON.parse(Buffer.concat(parts).toString('utf8'))
    const answer = (body: Body) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, ...body }))
    if (!this.registered) return void answer({ error: { code: -1, message: `User ${number} is not registered.` } })
    const error = this.#trouble.get(method)?.shift()
    if (error) return void answer({ error })
    this.calls.push({ method, params })
    answer({ result: this.#result(method, params) })
  }

  #result(method: string, params: Body): unknown {
    if (method === 'getUserStatus') return [{ recipient: number, number, uuid: ownUuid, isRegistered: true }]
    if (method === 'getAttachment') return { data: Buffer.from(this.files.get(params.id) ?? []).toString('base64') }
    if (method === 'listContacts') {
      return [
        { number: ada.number, uuid: ada.uuid, name: '', profile: { givenName: 'Ada', familyName: 'L.' } },
        { number: null, uuid: bob.uuid, name: 'Bob', username: 'bob.01' },
        { number, uuid: ownUuid, name: 'me' },
      ]
    }
    if (method === 'listGroups') {
      const members = [
        { number: ada.number, uuid: ada.uuid },
        { number: null, uuid: bob.uuid },
      ]
      return [
        { id: 'R3JvdXAx', name: 'Group 1', isMember: true, members },
        { id: 'TGVmdA==', name: 'left', isMember: false, members: [] },
      ]
    }
    if (method !== 'send') return {}
    this.#time += 1
    return { timestamp: this.#time, results: [{ recipientAddress: { number: ada.number }, type: 'SUCCESS' }] }
  }
}
