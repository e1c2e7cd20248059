// The licences of the packages whose code the build joined with ours: whoever passes the code on passes these on too.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const packageFolder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/

/** The text of all licences, from what rolldown says that it wrote. Throws for a package that has none. */
export function thirdPartyLicences(output) {
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []))
  const folders = new Set(modules.flatMap((id) => packageFolder.exec(id) ?? []))
  const notices = [...folders].map(notice).sort()
  return `These packages are part of the files in chunks/.\n\n${[...new Set(notices)].join('\n')}`
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (!file || typeof license !== 'string') throw new Error(`${name} has no licence that could be passed on`)
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}
