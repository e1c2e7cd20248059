import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { operationsOf } from '../../plugins/external/document.js'
import { testConfig, token } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'
import { committedDocument } from '../openapi/_document.js'
import { compile, generateClients } from './_generate.js'

const examples = ['openapi-fetch', 'hey-api']

/** Calls that the generated types must refuse; a line that they accept is an error of the compiler. */
const wrong = `
import createClient from 'openapi-fetch'
import type { paths } from './generated/openapi-typescript.js'
import { createChatCompletion, retrieveModel } from './generated/hey-api/index.js'

const gateway = createClient<paths>({})
// @ts-expect-error no such path
gateway.GET('/v1/nothing')
// @ts-expect-error messages are required
gateway.POST('/v1/chat/completions', { body: {} })
// @ts-expect-error the path parameter is required
gateway.GET('/v1/models/{model}')
// @ts-expect-error messages are required
createChatCompletion({ body: {} })
// @ts-expect-error a role that does not exist
createChatCompletion({ body: { messages: [{ role: 'robot', content: 'hi' }] } })
// @ts-expect-error the path parameter is required
retrieveModel({})
`

t.test('SDKs of two generators compile and work against a live gateway', async (t) => {
  const folder = t.testdir()
  await generateClients(folder)
  writeFileSync(join(folder, 'wrong.ts'), wrong)
  t.strictSame(compile(folder, ['wrong.ts', ...examples.map((name) => `${name}.ts`)]), [], 'no complaint')

  const echo = { agents: { defaults: { model: 'builtin/echo', embeddingModel: 'builtin/echo' } } }
  const hookToken = 'hook-token-0123456789abcdef'
  const hooks = { enabled: true, token: hookToken, mappings: [{ match: { path: 'known' } }] }
  const gateway = await startGateway(t, testConfig({ ...echo, hooks }))
  for (const name of examples) {
    const { everything } = await import(pathToFileURL(join(folder, `${name}.js`)).href)
    const { streamed, refused, ...answers } = await everything(gateway.url, token, hookToken)
    t.match(answers, {
      getHealth: 'live',
      getStartup: 'started',
      getReadiness: true,
      getMetrics: /^openclaw_/m,
      listModels: ['openclaw', 'openclaw/default', 'openclaw/main'],
      retrieveModel: 'openclaw/main',
      createEmbedding: Number,
      createChatCompletion: /hello/i,
      createResponse: 'completed',
      retrieveResponse: true,
      listResponseInputItems: 1,
      cancelResponse: 'invalid_request',
      deleteResponse: true,
      hookWake: 'now',
      hookAgent: true,
      hookMapped: 200,
      invokeTool: true,
      rpcConfigGet: true,
      rpcSessionsList: Array,
    })
    t.equal(streamed, answers.createChatCompletion, `${name}: the stream says the same`)
    t.strictSame(refused, { status: 404, code: 'model_not_found' }, `${name}: a failure`)
    const shown = ['rpcConfigGet', 'rpcSessionsList']
    const operations = operationsOf(committedDocument())
      .map(({ operationId }) => operationId)
      .filter((id) => shown.includes(id) || !id.startsWith('rpc'))
    t.strictSame(Object.keys(answers).sort(), operations.sort(), `${name}: the example has every operation`)
  }
})
