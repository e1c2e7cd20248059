import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import { accepts } from '../instance/sockets.js'
import { until } from './calls.js'
import { testFolder } from './folder.js'

const program = '/usr/sbin/nginx'

/** Why tests with a real nginx cannot run here; false when they can. */
export const withoutNginx: string | false = existsSync(program)
  ? false
  : `no nginx at ${program}: apt-get install nginx`

/**
 * A real nginx that serves `http`, the content of its `http` block; ended with the test. Its servers take the address
 * of a client from the PROXY protocol, as behind a balancer: a test on one machine may come from anywhere.
 */
export async function startNginx(t: Test, http: string, port: number): Promise<void> {
  const folder = testFolder(t)
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  )
  const lines = [
    'daemon off;',
    'worker_processes 1;',
    // Workers of root would be "nobody", who cannot write into this folder.
    ...(userInfo().uid === 0 ? [`user ${userInfo().username};`] : []),
    `pid ${join(folder, 'pid')};`,
    'error_log stderr warn;',
    'events {}',
    `http { access_log off; set_real_ip_from 127.0.0.1; real_ip_header proxy_protocol; ${scratch.join(' ')}`,
    http,
    '}',
  ]
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, lines.join('\n'))
  const args = ['-p', folder, '-c', file, '-e', 'stderr']
  const checked = spawnSync(program, [...args, '-t'], { encoding: 'utf8' })
  if (checked.status !== 0) throw new Error(`nginx refuses the config: ${checked.stderr}`)
  const child = spawn(program, args, { stdio: 'ignore' })
  t.teardown(async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
  })
  await until(() => accepts(port))
}

/** A connection through TLS from `client`, an IPv4 address of the choice of the test. */
export async function dialNginx(port: number, client: string): Promise<TLSSocket> {
  const socket = connectTcp({ port, host: '127.0.0.1' })
  socket.write(`PROXY TCP4 ${client} 127.0.0.1 40000 ${port}\r\n`)
  const secure = connectTls({ socket, servername: 'gateway.example.com', rejectUnauthorized: false })
  await once(secure, 'secureConnect')
  return secure
}

export interface ProxiedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** Pieces as they came. */
  readonly pieces: readonly string[]
}

export interface ProxiedCall {
  readonly port: number
  readonly client: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Makes it a POST. */
  readonly body?: string
  /** Called at each piece of the answer. */
  readonly onPiece?: (piece: string) => void
}

/** One request through nginx. */
export async function callNginx({ port, client, path, headers, body, onPiece }: ProxiedCall): Promise<ProxiedAnswer> {
  const socket = await dialNginx(port, client)
  const type =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const asked = request({
    createConnection: () => socket,
    ...{ method: body === undefined ? 'GET' : 'POST', path },
    headers: { host: 'gateway.example.com', connection: 'close', ...type, ...headers },
  })
  asked.end(body)
  const [response] = await once(asked, 'response')
  // A refused body is not read to its end: what is still being sent may fail.
  asked.on('error', () => {})
  const pieces: string[] = []
  for await (const piece of response.setEncoding('utf8')) {
    pieces.push(piece)
    onPiece?.(piece)
  }
  return { status: response.statusCode, headers: response.headers, body: pieces.join(''), pieces }
}
