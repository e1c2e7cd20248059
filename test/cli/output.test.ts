import t from 'tap'
import { Output } from '../../src/cli/output.js'
import { columns, textWidth } from '../../src/cli/text-width.js'

function open(options: { json?: boolean; noColor?: boolean; tty?: boolean }) {
  const written = { stdout: '', stderr: '' }
  const sink = (name: 'stdout' | 'stderr') => ({
    isTTY: options.tty === true,
    write(text: string) {
      written[name] += text
    },
  })
  const { json = false, noColor = false } = options
  return { written, out: new Output({ stdout: sink('stdout'), stderr: sink('stderr'), json, noColor }) }
}

t.test('people get lines, programs get one JSON value', async (t) => {
  const human = open({})
  human.out.result({ a: 1 }, () => ['one', 'two'])
  t.strictSame(human.written, { stdout: 'one\ntwo\n', stderr: '' })
  const program = open({ json: true })
  program.out.lines(['noise'])
  program.out.note('remark')
  program.out.result({ a: 1 }, () => ['one'])
  t.strictSame(JSON.parse(program.written.stdout), { a: 1 })
  t.equal(program.written.stderr, 'remark\n')
})

t.test('an error goes to stderr, and for programs to stdout as well', async (t) => {
  const human = open({})
  human.out.failure('It broke.', ['Try: this'], { ok: false })
  t.strictSame(human.written, { stdout: '', stderr: '[openclaw] It broke.\nTry: this\n' })
  const program = open({ json: true })
  program.out.failure('It broke.', [], { ok: false })
  t.strictSame(JSON.parse(program.written.stdout), { ok: false })
  t.equal(program.written.stderr, '[openclaw] It broke.\n')
})

t.test('colours on terminals only, and never when they are forbidden', async (t) => {
  t.equal(open({ tty: true }).out.style('x', 'red'), '\u001B[31mx\u001B[39m')
  t.equal(open({ tty: false }).out.style('x', 'red'), 'x')
  t.equal(open({ tty: true, noColor: true }).out.style('x', 'red'), 'x')
})

t.test('columns line up, wide characters too', async (t) => {
  t.equal(textWidth('档案'), 4)
  t.equal(textWidth('abc'), 3)
  t.strictSame(
    columns([
      ['档案', 'b'],
      ['c', 'd'],
    ]),
    ['档案  b', 'c     d'],
  )
  t.strictSame(columns([['a', '']], '  '), ['  a'])
})
