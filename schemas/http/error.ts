import { Nullable } from '../primitives.js'
import { Type } from '../type.js'
import { named, ref } from './named.js'

export const OpenAIError = named(
  'OpenAIError',
  Type.Object(
    {
      error: Type.Object({
        message: Type.String({ description: 'What happened and what to do next.' }),
        type: Type.String({ description: 'The kind of failure, in OpenAI’s words.' }),
        param: Nullable(Type.String(), { description: 'JSON path of the field at fault.' }),
        code: Nullable(Type.String(), { description: 'Stable code; docs/errors.md lists them all.' }),
      }),
    },
    { description: 'Every failure: always these four keys.' },
  ),
)

const body = (description: string) => ({ description, content: { 'application/json': { schema: ref(OpenAIError) } } })

/** The failures that every authenticated API route can answer. */
export const apiErrors = {
  400: body('The request is not valid.'),
  401: body('No or a wrong credential.'),
  403: body('The caller may not do this, or forwarded headers came from an untrusted address.'),
  404: body('Unknown model, or the endpoint is off.'),
  408: body('The body did not arrive in time.'),
  413: body('The body is too large.'),
  415: body('The body is not JSON.'),
  429: body('Too many failed attempts, a busy session, or a rate-limited model.'),
  500: body('The gateway failed.'),
  502: body('The model provider failed.'),
  503: body('The gateway is starting or stopping.'),
  504: body('The model provider did not answer in time.'),
}

/** The failures of a route that only reads. */
export const readErrors = {
  400: apiErrors[400],
  401: apiErrors[401],
  403: apiErrors[403],
  404: apiErrors[404],
  429: apiErrors[429],
  500: apiErrors[500],
  503: apiErrors[503],
}
