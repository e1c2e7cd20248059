import type { ChatCompletionRequest } from '../../../schemas/http/chat-completions.js'
import { GatewayError } from '../../../src/kernel/errors.js'
import type { ModelTool, ToolChoice } from '../../../src/models/types.js'

export interface ClientTools {
  readonly tools: readonly ModelTool[]
  readonly choice: ToolChoice | undefined
  /** True when the caller used the deprecated `functions`: its answer must then be a `function_call`. */
  readonly legacy: boolean
}

type Definition = NonNullable<NonNullable<ChatCompletionRequest['tools']>[number]['function']>

/** Reads `tools` and `tool_choice`, or their deprecated forms. Throws with the `param` of what is wrong. */
export function readTools(body: ChatCompletionRequest): ClientTools {
  if (!body.tools && !body.functions && !body.tool_choice && !body.function_call) return none
  const legacy = !body.tools && !!body.functions
  const tools = legacy
    ? (body.functions ?? []).map((definition, index) => readDefinition(definition, `functions[${index}]`))
    : (body.tools ?? []).map((tool, index) => {
        const param = `tools[${index}]`
        if (tool.type !== 'function') throw new GatewayError('unsupported_tool_type', { param: `${param}.type` })
        if (!tool.function) throw invalid(`\`${param}.function\` is required.`, `${param}.function`)
        return readDefinition(tool.function, `${param}.function`)
      })
  refuseDuplicates(tools, legacy ? 'functions' : 'tools')
  if (legacy) return { tools, choice: legacyChoice(body, tools), legacy }
  return { ...readChoice(body, tools), legacy }
}

const none: ClientTools = { tools: [], choice: undefined, legacy: false }

function readDefinition(definition: Definition, param: string): ModelTool {
  const { name, description, parameters, strict } = definition
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
    throw invalid(`A tool name has 1 to 64 letters, digits, "_" or "-".`, `${param}.name`)
  }
  return {
    name,
    ...(description ? { description } : {}),
    ...(parameters ? { parameters: parameters as Record<string, unknown> } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  }
}

function refuseDuplicates(tools: readonly ModelTool[], field: string): void {
  const names = new Set<string>()
  tools.forEach(({ name }, index) => {
    if (names.has(name)) throw invalid(`Two tools are called "${name}".`, `${field}[${index}]`)
    names.add(name)
  })
}

function readChoice(
  body: ChatCompletionRequest,
  tools: readonly ModelTool[],
): { tools: readonly ModelTool[]; choice: ToolChoice | undefined } {
  const choice = body.tool_choice
  if (choice === undefined || choice === null) return { tools, choice: undefined }
  if (choice === 'none' || choice === 'auto') return { tools, choice }
  if (tools.length === 0) throw invalid('`tool_choice` demands a tool, but there are none.', 'tool_choice')
  if (choice === 'required') return { tools, choice }
  if (choice.type === 'allowed_tools') {
    const names = (choice.allowed_tools?.tools ?? []).map((tool) => nameOf(tool))
    for (const name of names) known(name, tools)
    const allowed = tools.filter(({ name }) => names.includes(name))
    return { tools: allowed, choice: choice.allowed_tools?.mode === 'required' ? 'required' : 'auto' }
  }
  return { tools, choice: { name: known(choice.function?.name, tools) } }
}

function legacyChoice(body: ChatCompletionRequest, tools: readonly ModelTool[]): ToolChoice | undefined {
  const choice = body.function_call
  if (choice === undefined || choice === null) return undefined
  if (choice === 'none' || choice === 'auto') return choice
  if (typeof choice === 'string') throw invalid('`function_call` is "none", "auto" or a name.', 'function_call')
  return { name: known(choice.name, tools) }
}

function nameOf(tool: object): string | undefined {
  const definition = 'function' in tool ? tool.function : tool
  if (typeof definition !== 'object' || definition === null || !('name' in definition)) return undefined
  return typeof definition.name === 'string' ? definition.name : undefined
}

function known(name: string | undefined, tools: readonly ModelTool[]): string {
  if (name !== undefined && tools.some((tool) => tool.name === name)) return name
  throw invalid(`\`tool_choice\` names a tool that is not in the list: "${name ?? ''}".`, 'tool_choice')
}

function invalid(message: string, param: string): GatewayError {
  return new GatewayError('invalid_request', { message, param })
}
