import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Locator, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { testFolder } from '../helper/folder.js'
import { testConfig, token } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'

/** Debian's package; other systems name theirs by the variable. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
args.push('--disable-background-networking', '--disable-component-update', '--disable-sync')
/** For each wait in the page; a busy machine needs seconds to draw. Milliseconds. */
const limitMs = 20_000

const skip = existsSync(executablePath) ? false : `no Chromium at ${executablePath}: apt-get install chromium`

t.test('Swagger UI: authorize, call, see the answer', { skip }, async (t) => {
  const gateway = await startGateway(t, testConfig({ agents: { defaults: { model: 'builtin/echo' } } }))
  const { page, watched } = await openBrowser(t)
  await page.goto(`${gateway.url}/docs`)
  await page.locator('.opblock').first().waitFor()
  t.equal(await page.title(), 'openclaw gateway')
  const tags = await page.locator('.opblock-tag').evaluateAll((all) => all.map((one) => one.getAttribute('data-tag')))
  for (const tag of ['Chat', 'Responses', 'Models', 'Embeddings', 'Health']) t.ok(tags.includes(tag), tag)
  t.ok(tags.includes('Control plane: sessions'), 'and the methods of the control plane')

  const models = page.locator('#operations-Models-listModels')
  t.equal(await call(models), '401', 'without the token')
  await authorize(page)
  t.equal(await call(models), '200', 'with the token')
  t.match(await answer(models).textContent(), /"id": "openclaw\/main"/)

  const chat = page.locator('#operations-Chat-createChatCompletion')
  t.equal(await call(chat), '200')
  t.match(await answer(chat).textContent(), /"object": "chat.completion"/)

  await page.reload()
  t.equal(await call(models), '200', 'the page remembers the token')
  const shots = process.env.SCREENSHOTS ?? testFolder(t)
  await models.scrollIntoViewIfNeeded()
  await page.screenshot({ path: join(shots, 'docs-call.png') })
  await page.evaluate('scrollTo(0, 0)')
  await page.screenshot({ path: join(shots, 'docs-top.png') })

  // The call without the token is reported by the browser itself; nothing else may be.
  t.strictSame(
    watched.complaints.filter((text) => !text.includes('401 (Unauthorized)')),
    [],
  )
  t.strictSame([...watched.origins], [gateway.url], 'no request leaves the gateway')
})

interface Watched {
  /** Errors and warnings of the console, uncaught exceptions, failed requests. */
  readonly complaints: string[]
  readonly origins: Set<string>
}

async function openBrowser(t: Test): Promise<{ page: Page; watched: Watched }> {
  const env = { PATH: process.env.PATH ?? '', HOME: testFolder(t) }
  const browser = await chromium.launch({ executablePath, args, env, timeout: limitMs })
  t.teardown(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
  page.setDefaultTimeout(limitMs)
  const watched: Watched = { complaints: [], origins: new Set() }
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) watched.complaints.push(message.text())
  })
  page.on('pageerror', (error) => watched.complaints.push(error.message))
  page.on('requestfailed', (request) => watched.complaints.push(`${request.url()} failed`))
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol.startsWith('http')) watched.origins.add(origin)
  })
  return { page, watched }
}

/** Opens an operation, executes it as it is, and gives the status of the answer. */
async function call(operation: Locator): Promise<string | null> {
  const execute = operation.locator('button.execute')
  if (!(await execute.isVisible())) await operation.locator('.opblock-summary-control').click()
  const clear = operation.locator('button.btn-clear')
  if (await clear.isVisible()) await clear.click()
  await execute.click()
  const status = operation.locator('.live-responses-table .response-col_status').nth(1)
  await status.waitFor()
  return (await status.textContent())?.trim().slice(0, 3) ?? null
}

function answer(operation: Locator): Locator {
  return operation.locator('.live-responses-table .highlight-code code')
}

async function authorize(page: Page): Promise<void> {
  await page.locator('.auth-wrapper button.authorize').first().click()
  const dialog = page.locator('.dialog-ux .modal-ux')
  // Hooks have a token of their own.
  const gateway = dialog.locator('form', { hasText: 'bearerAuth' })
  await gateway.locator('input').fill(token)
  await gateway.locator('button.authorize').click()
  await dialog.locator('button.btn-done').first().click()
}
