// `npm run build` without rolldown's list of files: silence means that it worked.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import config from '../rolldown.config.mjs'
import { thirdPartyLicences } from './third-party.mjs'

const { output, ...input } = config
const bundle = await rolldown(input)
const written = await bundle.write(output)
await bundle.close()
writeFileSync(join(output.dir, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicences(written.output))
