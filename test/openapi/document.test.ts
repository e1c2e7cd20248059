import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import t from 'tap'
import { publishedDocument } from '../../openapi/document.js'
import { errorsPage } from '../../openapi/errors-page.js'
import { operationsOf } from '../../plugins/external/document.js'
import { requestExamples } from '../../plugins/external/examples.js'
import { errorTable } from '../../src/kernel/errors.js'
import { committedDocument, headersOf, openApiPath, responseOf, root } from './_document.js'

const document = committedDocument()
const operations = operationsOf(document)
/** Methods of the control plane; test/routes/ws looks at what they answer. */
const isMethod = ({ operationId }: { operationId: string }) => operationId.startsWith('rpc')
const ownRoutes = operations.filter((operation) => !isMethod(operation))

t.test('openapi.json is what the routes say', async (t) => {
  const published = `${JSON.stringify(await publishedDocument(), undefined, 2)}\n`
  t.equal(readFileSync(openApiPath, 'utf8'), published, 'else run: npm run openapi')
})

t.test('docs/errors.md is what the table says', async (t) => {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  t.equal(page, errorsPage(), 'else run: npm run openapi')
  for (const code of Object.keys(errorTable)) t.ok(page.includes(`\n| \`${code}\` |`), code)
})

t.test('a linter finds nothing', async (t) => {
  // Probes answer anybody; the test below asks every other operation for its refusals.
  const config = await createConfig({ extends: ['recommended-strict'], rules: { 'operation-4xx-response': 'off' } })
  const problems = await lintFromString({
    source: readFileSync(openApiPath, 'utf8'),
    absoluteRef: openApiPath,
    config,
  })
  t.strictSame(
    problems.map(({ ruleId, message, location: [place] }) => `${ruleId}: ${message} at ${place?.pointer}`),
    [],
  )
})

t.test('it names a server, a version and a licence', async (t) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  t.match(document, {
    openapi: '3.1.0',
    info: { version, license: { name: 'MIT' } },
    servers: [{ url: 'http://127.0.0.1:18789' }],
  })
})

t.test('operations have names that make good functions', async (t) => {
  const ids = operations.map(({ operationId }) => operationId)
  t.strictSame([...new Set(ids)], ids, 'each once')
  const declared = document.tags.map(({ name }) => name)
  for (const { operationId, tags, summary, parameters = [] } of operations) {
    t.match(operationId, /^[a-z]+(?:[A-Z][A-Za-z0-9]+)+$/)
    t.equal(tags.length, 1, `${operationId}: one tag`)
    t.ok(declared.includes(tags[0] ?? ''), `${operationId}: a declared tag`)
    t.match(summary, /^[A-Z].{5,59}$/, `${operationId}: a summary`)
    for (const { name, in: place, schema } of parameters) {
      t.ok(schema && 'type' in schema, `${operationId}: ${name} has a type`)
      if (place === 'header') t.notOk(['authorization', 'content-type', 'accept'].includes(name), name)
    }
  }
  for (const path of Object.keys(document.paths)) t.notMatch(path, /\*/)
  for (const name of Object.keys(document.components.schemas)) t.match(name, /^[A-Z][A-Za-z0-9]+$/)
})

t.test('methods of the control plane have one failure, which says why', async (t) => {
  for (const { responses } of operations.filter(isMethod)) {
    t.strictSame(Object.keys(responses), ['200', 'default'])
    t.strictSame(responseOf(document, responses.default).content, {
      'application/json': { schema: { $ref: '#/components/schemas/RpcFailure' } },
    })
  }
})

t.test('failures have one shape for each door, with the headers that callers need', async (t) => {
  for (const { operationId, responses, security } of ownRoutes) {
    const open = security?.length === 0
    const statuses = Object.keys(responses)
    const hook = isHook(security)
    if (!open)
      t.strictSame(
        ['400', '401', ...(hook ? [] : ['403']), '404', '429', '500'].filter((status) => !statuses.includes(status)),
        [],
      )
    t.notOk(statuses.includes('405'), `${operationId}: no 405`)
    for (const status of statuses) {
      const response = responseOf(document, responses[status])
      const name = `${operationId} ${status}`
      t.notMatch(response.description, 'Default Response', name)
      const headers = headersOf(document, responses[status])
      t.ok(headers['x-request-id'], `${name}: x-request-id`)
      t.equal('retry-after' in headers, ['429', '503'].includes(status), `${name}: retry-after`)
      t.equal('www-authenticate' in headers, status === '401', `${name}: www-authenticate`)
      if (Number(status) < 400 || open) continue
      const shape = operationId === 'invokeTool' || hook ? 'RpcFailure' : 'OpenAIError'
      t.strictSame(response.content, {
        'application/json': { schema: { $ref: `#/components/schemas/${shape}` } },
      })
    }
  }
})

/** Hooks have a token of their own. */
const isHook = (security: readonly object[] | undefined) => security?.some((one) => 'hookAuth' in one) === true

t.test('probes need no token, hooks one of their own, all else that of the gateway', async (t) => {
  const hooks = operations.filter(({ security }) => isHook(security))
  t.strictSame(
    hooks.map(({ operationId, security }) => [operationId, security]),
    [
      ['hookAgent', [{ hookAuth: [] }]],
      ['hookWake', [{ hookAuth: [] }]],
      ['hookMapped', [{ hookAuth: [] }, {}]],
    ],
  )
  const open = operations.filter(({ security }) => security !== undefined && !isHook(security))
  t.strictSame(document.security, [{ bearerAuth: [] }])
  for (const { security } of open) t.strictSame(security, [])
  t.strictSame(open.map(({ operationId }) => operationId).sort(), ['getHealth', 'getReadiness', 'getStartup'])
})

t.test('a chat completion is JSON or events', async (t) => {
  const chat = operations.find(({ operationId }) => operationId === 'createChatCompletion')
  t.strictSame(chat?.responses[200]?.content, {
    'application/json': { schema: { $ref: '#/components/schemas/ChatCompletion' } },
    'text/event-stream': { schema: { $ref: '#/components/schemas/ChatCompletionChunk' } },
  })
})

t.test('every operation with a body has examples, and no example is for nobody', async (t) => {
  const withBody = ownRoutes.filter(({ requestBody }) => requestBody).map(({ operationId }) => operationId)
  t.strictSame(Object.keys(requestExamples).sort(), withBody.sort())
})

t.test('a union names no discriminator without its mapping', async (t) => {
  const found = JSON.stringify(document).match(/"discriminator":\{(?![^}]*"mapping")[^}]*\}/g)
  t.equal(found, null)
})
