import t from 'tap'
import { originAllowed, originList, originListed } from '../../src/auth/origin.js'

const rules = (allowedOrigins: string[] = [], hostOriginFallback = false) => ({
  allowedOrigins: originList(allowedOrigins),
  hostOriginFallback,
})
type Row = [origin: string, host: string | undefined, local: boolean, expected: boolean]

function check(
  t: { equal: (a: unknown, b: unknown, name: string) => unknown },
  settings: ReturnType<typeof rules>,
  rows: Row[],
) {
  for (const [origin, host, local, expected] of rows) {
    t.equal(originAllowed({ origin, host, local }, settings), expected, `${origin} at ${host} local=${local}`)
  }
}

t.test('nothing configured', async (t) => {
  check(t, rules(), [
    ['http://localhost:3000', '127.0.0.1:18789', true, true],
    ['http://localhost:3000', '127.0.0.1:18789', false, false],
    ['http://127.0.0.1:5173', 'localhost:18789', true, true],
    ['http://[::1]:5173', 'localhost:18789', true, true],
    ['https://localhost', 'localhost:18789', true, true],
    ['http://192.168.1.5:18789', '192.168.1.5:18789', false, true],
    ['http://192.168.1.5:18789', '192.168.1.5:9999', false, false],
    ['http://192.168.1.5:18789', '192.168.1.6:18789', false, false],
    ['http://box.local:18789', 'box.local:18789', false, true],
    ['https://box.tail1.ts.net', 'box.tail1.ts.net', false, true],
    ['https://box.tail1.ts.net', 'box.tail1.ts.net:443', false, true],
    ['http://box.local', 'box.local:80', false, true],
    ['http://BOX.local:18789', 'box.LOCAL:18789', false, true],
    ['http://[::ffff:192.168.1.5]:18789', '192.168.1.5:18789', false, true],
    ['http://evil.example', 'evil.example', false, false],
    ['http://evil.example:18789', 'evil.example:18789', true, false],
    ['https://evil.example', '127.0.0.1:18789', true, false],
    ['http://localhost.evil.example', 'localhost:18789', true, false],
    ['http://127.0.0.1.evil.example', '127.0.0.1', true, false],
    ['http://8.8.8.8', '8.8.8.8', false, false],
    ['null', '127.0.0.1:18789', true, false],
    ['', '127.0.0.1:18789', true, false],
    ['http://', 'localhost', true, false],
    ['http://localhost/', 'localhost', true, false],
    ['http://localhost:3000/path', 'localhost:3000', true, false],
    ['http://user@localhost', 'localhost', true, false],
    ['http://localhost, http://localhost', 'localhost', true, false],
    ['localhost:3000', 'localhost:3000', true, false],
    ['file://', 'localhost', true, false],
    ['ws://localhost:3000', 'localhost:3000', true, false],
    ['http://localhost:3000', undefined, true, true],
    ['http://box.local', undefined, false, false],
  ])
})

t.test('listed origins', async (t) => {
  check(t, rules(['https://claw.example.com', 'https://Pad.example.com/', 'chrome-extension://abcdef']), [
    ['https://claw.example.com', 'claw.example.com', false, true],
    ['HTTPS://CLAW.example.com', 'other', false, true],
    ['https://pad.example.com', 'other', false, true],
    ['chrome-extension://abcdef', '127.0.0.1', true, true],
    ['chrome-extension://other', '127.0.0.1', true, false],
    ['http://claw.example.com', 'claw.example.com', false, false],
    ['https://claw.example.com:444', 'claw.example.com', false, false],
    ['https://sub.claw.example.com', 'claw.example.com', false, false],
    ['https://claw.example.com.evil', 'claw.example.com', false, false],
    ['null', 'claw.example.com', false, false],
  ])
  t.notOk(originListed('null', originList(['null'])), 'null cannot be listed')
})

t.test('star and fallback', async (t) => {
  check(t, rules(['*']), [
    ['https://any.example', '127.0.0.1', false, true],
    ['chrome-extension://abcdef', '127.0.0.1', false, true],
    ['null', '127.0.0.1', true, false],
    ['https://a b', '127.0.0.1', true, false],
    ['', '127.0.0.1', true, false],
  ])
  check(t, rules([], true), [
    ['http://box.lan:18789', 'box.lan:18789', false, true],
    ['http://box.lan:18789', 'box.lan:1', false, false],
    ['https://evil.example', 'box.lan:18789', false, false],
    ['null', 'null', false, false],
  ])
})
