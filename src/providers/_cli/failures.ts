import type { ProcessResult } from '../../kernel/run-process.js'
import type { Program } from '../../models/program-types.js'
import type { FailureClass, ModelFailure } from '../../models/types.js'
import { classify, statusOf } from '../_http/classify.js'
import { redact } from '../_redact.js'

/** What programs say where no status does. */
const byWords: readonly [RegExp, FailureClass][] = [
  [/usage limit|limit reached|hit your limit|quota/i, 'rate_limit'],
  [/\bmodel\b.{0,80}(?:not (?:exist|found|supported|available)|unknown|invalid)|unknown model/i, 'not_found'],
  [/not logged in|log ?in|logged out|unauthori[sz]ed|credentials|token (?:has )?expired/i, 'auth'],
]

const lostSession =
  /(?:conversation|session|thread|rollout)\b.{0,80}(?:not found|not exist|unknown|expired|invalid|missing)|(?:no|unknown|invalid) (?:saved )?(?:conversation|session|thread|rollout)/is

/** Makes the failures of one program. Every message is for the operator, one line, without secrets. */
export class ProgramFailures {
  readonly #program: Program
  readonly #ref: string

  constructor(program: Program, ref: string) {
    this.#program = program
    this.#ref = ref
  }

  /** A process that gave no answer. */
  ofProcess({ end, code, signal, stderr, errno }: ProcessResult, said: string | undefined): ModelFailure {
    switch (end) {
      case 'start':
        return this.#notStarted(errno, stderr)
      case 'aborted':
        return this.aborted()
      case 'timeout':
        return this.#make('timeout', `was not done after ${this.#program.timeoutMs / 1000} s and was ended`)
      case 'silence':
        return this.#make('timeout', 'was silent for too long and was ended')
      case 'flood':
        return this.#make('server', 'wrote more than can be an answer and was ended')
    }
    const how = code === null ? `was ended by ${signal}` : `ended with code ${code}`
    const words = said ?? stderr
    return this.#make(classOf(words), words === '' ? `${how} and said nothing` : `${how}: ${words}`)
  }

  /** It ended well and said nothing, or nothing that can be read. */
  nonsense(stderr: string): ModelFailure {
    const why = stderr === '' ? '' : `; it complained: ${stderr}`
    return this.#make('server', `gave no answer that can be read as "${this.#program.output}"${why}`)
  }

  overloaded(): ModelFailure {
    return this.#make('overloaded', 'is not started, since too many turns wait for it already')
  }

  aborted(): ModelFailure {
    return { class: 'aborted', message: `The call to ${this.#ref} was aborted.` }
  }

  broken(error: unknown): ModelFailure {
    return this.#make('server', `could not be used: ${error instanceof Error ? error.message : String(error)}`)
  }

  #notStarted(errno: string | undefined, detail: string): ModelFailure {
    const { command, id } = this.#program
    const path = `agents.defaults.cliBackends.${id}.command`
    const told =
      errno === 'ENOENT'
        ? `The command "${command}" of ${id} is not installed, or not in the PATH of the gateway. Install it, or set ${path}.`
        : errno === 'EACCES'
          ? `The command "${command}" of ${id} may not be executed. Make it executable, or set ${path}.`
          : `The command "${command}" of ${id} could not be started.`
    return { ...this.#make('not_found', `could not be started: ${detail}`), told }
  }

  #make(kind: FailureClass, what: string): ModelFailure {
    const { env, command } = this.#program
    return { class: kind, message: `${this.#ref} (${command}) ${redact(what, Object.values(env))}` }
  }
}

/** True when the program does not know the session that it was to go on with. */
export function isLostSession(result: ProcessResult, said: string | undefined): boolean {
  return result.end === 'exit' && lostSession.test(`${said ?? ''}\n${result.stderr}`)
}

/** Whatever a program refuses, another model may do: only an overlong conversation is nobody's. */
function classOf(words: string): FailureClass {
  const known = byWords.find(([pattern]) => pattern.test(words))?.[1]
  if (known) return known
  const kind = classify(statusOf(undefined, words), words)
  return kind === 'format' || kind === 'refusal' || kind === 'aborted' ? 'server' : kind
}
