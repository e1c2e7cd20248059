// `npm run build` without rolldown's list of files: silence means that it worked.
import { rolldown } from 'rolldown'
import config from '../rolldown.config.mjs'

const { output, ...input } = config
const bundle = await rolldown(input)
await bundle.write(output)
await bundle.close()
