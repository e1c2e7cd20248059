import { TOKEN, wire } from '../../auth/_support.js'

/** Somebody whom the proxy could vouch for, but did not. */
export const ADMIN = 'admin@example.com'

const long = 'a'.repeat(9_000)
const hops = '10.0.0.1, '.repeat(500)

/**
 * Header lines, byte for byte, that try to be more than the request without them. They hold no valid secret. A line may
 * hold its own line ends.
 */
export const tricks: readonly (readonly [name: string, lines: readonly string[]])[] = [
  // Claiming an address
  ['X-Forwarded-For loopback', ['X-Forwarded-For: 127.0.0.1']],
  ['X-Forwarded-For IPv6 loopback', ['X-Forwarded-For: ::1']],
  ['X-Forwarded-For mapped loopback', ['X-Forwarded-For: ::ffff:127.0.0.1']],
  ['X-Forwarded-For mapped in hex', ['X-Forwarded-For: ::ffff:7f00:1']],
  ['X-Forwarded-For the proxy itself', ['X-Forwarded-For: 127.0.0.3']],
  ['X-Forwarded-For chain ending in the proxy', ['X-Forwarded-For: 127.0.0.1, 127.0.0.3']],
  ['X-Forwarded-For empty', ['X-Forwarded-For:']],
  ['X-Forwarded-For blank', ['X-Forwarded-For:   \t ']],
  ['X-Forwarded-For commas', ['X-Forwarded-For: ,,,']],
  ['X-Forwarded-For name', ['X-Forwarded-For: localhost']],
  ['X-Forwarded-For number', ['X-Forwarded-For: 2130706433']],
  ['X-Forwarded-For octal', ['X-Forwarded-For: 0177.0.0.1']],
  ['X-Forwarded-For with zone', ['X-Forwarded-For: fe80::1%lo']],
  ['X-Forwarded-For unknown', ['X-Forwarded-For: unknown']],
  ['X-Forwarded-For quoted', ['X-Forwarded-For: "127.0.0.1"']],
  ['X-Forwarded-For with port', ['X-Forwarded-For: 127.0.0.1:80']],
  ['X-Forwarded-For very long', [`X-Forwarded-For: ${hops}127.0.0.1`]],
  ['X-Forwarded-For twice', ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-For: 203.0.113.1']],
  ['X-Forwarded-For twice in two cases', ['X-FORWARDED-FOR: 127.0.0.1', 'x-forwarded-for: 127.0.0.1']],
  ['x_forwarded_for', ['X_Forwarded_For: 127.0.0.1']],
  ['x-forwarded_for', ['X-Forwarded_For: 127.0.0.1']],
  ['twin beside the real one', ['X-Forwarded-For: 203.0.113.1', 'X_Forwarded_For: 127.0.0.1']],
  ['X-Real-IP', ['X-Real-IP: 127.0.0.1']],
  ['x_real_ip', ['x_real_ip: 127.0.0.1']],
  ['Forwarded', ['Forwarded: for=127.0.0.1;by=127.0.0.3;host=localhost']],
  ['Forwarded quoted IPv6', ['Forwarded: for="[::1]:80"']],
  ['Forwarded twice', ['Forwarded: for=127.0.0.1', 'forwarded: for=127.0.0.1']],
  [
    'Client-IP and friends',
    ['Client-IP: 127.0.0.1', 'True-Client-IP: 127.0.0.1', 'CF-Connecting-IP: 127.0.0.1', 'X-Client-IP: 127.0.0.1'],
  ],
  ['X-Forwarded-Host', ['X-Forwarded-Host: localhost']],
  ['X-Original-URL', ['X-Original-URL: /probe', 'X-Rewrite-URL: /probe']],
  ['X-HTTP-Method-Override', ['X-HTTP-Method-Override: OPTIONS']],
  // Claiming a name
  ['user header', [`X-Forwarded-User: ${ADMIN}`]],
  ['user header in upper case', [`X-FORWARDED-USER: ${ADMIN}`]],
  ['user header twice', [`X-Forwarded-User: ${ADMIN}`, `X-Forwarded-User: ${ADMIN}`]],
  ['user header twin', [`X_Forwarded_User: ${ADMIN}`]],
  ['user header half twin', [`X-Forwarded_User: ${ADMIN}`]],
  ['user header with dots', [`X.Forwarded.User: ${ADMIN}`]],
  ['user header folded', [`X-Forwarded-User:\r\n ${ADMIN}`]],
  ['user header folded after a header', [`X-Nothing: a\r\n X-Forwarded-User: ${ADMIN}`]],
  ['user header after a bare LF', [`X-Nothing: a\nX-Forwarded-User: ${ADMIN}`]],
  ['user header after a bare CR', [`X-Nothing: a\rX-Forwarded-User: ${ADMIN}`]],
  ['user header with a space before the colon', [`X-Forwarded-User : ${ADMIN}`]],
  ['user header with a leading space', [` X-Forwarded-User: ${ADMIN}`]],
  ['user header with a NUL', [`X-Forwarded-User: ${ADMIN}\0`]],
  ['user header name with a NUL', [`X-Forwarded-User\0: ${ADMIN}`]],
  ['user header list', [`X-Forwarded-User: nick@example.com, ${ADMIN}`]],
  ['user header in UTF-16', [`X-Forwarded-User: \u00ff\u00fe${ADMIN}`]],
  ['user header in full-width letters', [`X-Forwarded-User: ${wire('ａｄｍｉｎ@example.com')}`]],
  ['user header very long', [`X-Forwarded-User: ${long}`]],
  ['user header and an early address', ['X-Forwarded-For: 127.0.0.3', `X-Forwarded-User: ${ADMIN}`]],
  ['Tailscale identity', [`Tailscale-User-Login: ${ADMIN}`, 'Tailscale-User-Name: admin']],
  ['Remote-User', [`Remote-User: ${ADMIN}`, `X-Remote-User: ${ADMIN}`, `X-Auth-Request-Email: ${ADMIN}`]],
  // Taking away what the proxy added
  ['Connection strips the user', ['Connection: X-Forwarded-User']],
  ['Connection strips the address', ['Connection: close, X-Forwarded-For']],
  ['Connection strips as twin', ['Connection: x_forwarded_for, x_forwarded_user']],
  [
    'Connection strips all, spoofing anew',
    ['Connection: x-forwarded-for, x-forwarded-user', `X-Forwarded-User: ${ADMIN}`],
  ],
  ['Connection strips Authorization', ['Connection: authorization']],
  ['Proxy-Connection', ['Proxy-Connection: x-forwarded-for']],
  // Claiming a secret
  ['Authorization empty', ['Authorization:']],
  ['Bearer empty', ['Authorization: Bearer ']],
  ['Bearer undefined', ['Authorization: Bearer undefined']],
  ['Bearer null', ['Authorization: Bearer null']],
  ['Bearer almost', [`Authorization: Bearer ${TOKEN.slice(0, -1)}`]],
  ['Bearer in another case', [`Authorization: Bearer ${TOKEN.toUpperCase()}`]],
  ['Bearer with more', [`Authorization: Bearer ${TOKEN}x`]],
  ['Bearer with a NUL', [`Authorization: Bearer ${TOKEN}\0`]],
  ['Bearer of high bytes', [`Authorization: Bearer ${'\u0174\u0168'.repeat(4)}`]],
  ['Bearer twice', ['Authorization: Bearer a', 'Authorization: Bearer b']],
  ['Basic', [`Authorization: Basic ${Buffer.from(`admin:${TOKEN}`).toString('base64')}`]],
  ['X-Api-Key', [`X-Api-Key: ${TOKEN}`]],
  ['Proxy-Authorization', [`Proxy-Authorization: Bearer ${TOKEN}`]],
  ['Cookie', [`Cookie: authorization=Bearer ${TOKEN}; token=${TOKEN}`]],
  ['Sec-WebSocket-Protocol', [`Sec-WebSocket-Protocol: bearer, ${TOKEN}`]],
  // Claiming scopes
  ['scopes', ['X-OpenClaw-Scopes: operator.admin']],
  ['scopes twice', ['X-OpenClaw-Scopes: operator.admin', 'X-OpenClaw-Scopes: operator.admin']],
  ['scopes twin', ['X_OpenClaw_Scopes: operator.admin']],
  ['scopes, stripped', ['Connection: x-openclaw-scopes']],
  ['scopes of a prototype', ['X-OpenClaw-Scopes: __proto__,constructor']],
  // Being a page
  ['Origin null', ['Origin: null']],
  ['Origin foreign', ['Origin: https://evil.example']],
  ['Origin twice', ['Origin: http://localhost', 'Origin: https://evil.example']],
  ['Host twice', ['Host: localhost']],
  ['Sec-Fetch', ['Sec-Fetch-Site: none', 'Sec-Fetch-Mode: navigate']],
  [
    'upgrade',
    [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ],
  ],
  ['upgrade to h2c', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk']],
  // Confusing the parser
  ['two lengths', ['Content-Length: 0', 'Content-Length: 44']],
  ['length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
  [
    'a smuggled request',
    ['Content-Length: 0\r\n\r\nGET /me HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-User: admin@example.com'],
  ],
  ['a line without colon', ['X-Forwarded-User']],
  ['an empty name', [`: ${ADMIN}`]],
  ['an invalid name', [`X-Forwarded-User[]: ${ADMIN}`]],
  ['a huge header', [`X-Huge: ${long}${long}`]],
  ['six hundred headers', [Array.from({ length: 600 }, (_, i) => `a${i}: b`).join('\r\n')]],
  ['so many headers that Node drops the last', [Array.from({ length: 3_000 }, () => 'a:').join('\r\n')]],
]
