import t from 'tap'
import { normaliseDiscord } from '../../src/channels/discord/normalise.js'
import { normaliseFeishu } from '../../src/channels/feishu/normalise.js'
import { normaliseQqbot } from '../../src/channels/qqbot/normalise.js'
import { normaliseSignal } from '../../src/channels/signal/normalise.js'
import { normaliseSlack } from '../../src/channels/slack/normalise.js'
import { normaliseTelegram } from '../../src/channels/telegram/normalise.js'
import { normaliseWhatsapp } from '../../src/channels/whatsapp/normalise.js'

type Row = readonly [given: string, form: string | undefined]
const uuid = '6f1c2a3b-4d5e-4f60-8a9b-0c1d2e3f4a5b'
const hex = '0A1B2C3D4E5F60718293A4B5C6D7E8F9'

/** Spec/runtime.md 1.2, the table of allow lists. */
const tables: Readonly<Record<string, readonly [(text: string) => string | undefined, readonly Row[]]>> = {
  telegram: [
    normaliseTelegram,
    [
      ['123456789', '123456789'],
      [' 123456789 ', '123456789'],
      ['telegram:123456789', '123456789'],
      ['Telegram: 123456789', '123456789'],
      ['TG:123456789', '123456789'],
      ['tg:telegram:123456789', '123456789'],
      ['@alice', undefined],
      ['alice', undefined],
      ['-1001234567890', undefined],
      ['telegram:-1001234567890', undefined],
      ['0123', undefined],
      ['1e5', undefined],
      ['whatsapp:123456789', undefined],
      ['123456789x', undefined],
      ['', undefined],
      ['*', undefined],
    ],
  ],
  whatsapp: [
    normaliseWhatsapp,
    [
      ['+491701234567', '+491701234567'],
      ['491701234567', '+491701234567'],
      ['00491701234567', '+491701234567'],
      ['+49 170 123-45 67', '+491701234567'],
      ['+1 (555) 555-0123', '+15555550123'],
      ['whatsapp:+15555550123', '+15555550123'],
      ['WhatsApp: +1 555 555 0123', '+15555550123'],
      ['15555550123@s.whatsapp.net', '+15555550123'],
      ['15555550123:7@s.whatsapp.net', '+15555550123'],
      ['15555550123_1:7@s.whatsapp.net', '+15555550123'],
      ['15555550123@c.us', '+15555550123'],
      ['whatsapp:15555550123@S.WhatsApp.Net', '+15555550123'],
      ['987654321012345@lid', '987654321012345@lid'],
      ['987654321012345:3@lid', '987654321012345@lid'],
      ['120363000000000000@g.us', undefined],
      ['status@broadcast', undefined],
      ['01701234567', undefined],
      ['+', undefined],
      ['alice', undefined],
      ['15555550123@evil.example', undefined],
    ],
  ],
  signal: [
    normaliseSignal,
    [
      ['+15555550123', '+15555550123'],
      ['signal:+1 555 555 0123', '+15555550123'],
      [uuid, `uuid:${uuid}`],
      [uuid.toUpperCase(), `uuid:${uuid}`],
      [`uuid:${uuid}`, `uuid:${uuid}`],
      [`signal:uuid:${uuid}`, `uuid:${uuid}`],
      [`UUID:${uuid.toUpperCase()}`, `uuid:${uuid}`],
      ['group:abc=', undefined],
      ['alice.01', undefined],
      [uuid.slice(1), undefined],
    ],
  ],
  discord: [
    normaliseDiscord,
    [
      ['80351110224678912', '80351110224678912'],
      ['discord:80351110224678912', '80351110224678912'],
      ['user:80351110224678912', '80351110224678912'],
      ['discord:user:80351110224678912', '80351110224678912'],
      ['<@80351110224678912>', '80351110224678912'],
      ['<@!80351110224678912>', '80351110224678912'],
      ['<@&80351110224678912>', undefined],
      ['<#80351110224678912>', undefined],
      ['channel:80351110224678912', undefined],
      ['alice', undefined],
      ['alice#1234', undefined],
    ],
  ],
  slack: [
    normaliseSlack,
    [
      ['U012AB3CD', 'U012AB3CD'],
      ['u012ab3cd', 'U012AB3CD'],
      ['W012AB3CD', 'W012AB3CD'],
      ['slack:U012AB3CD', 'U012AB3CD'],
      ['user:U012AB3CD', 'U012AB3CD'],
      ['<@U012AB3CD>', 'U012AB3CD'],
      ['<@U012AB3CD|alice>', 'U012AB3CD'],
      ['C012AB3CD', undefined],
      ['B012AB3CD', undefined],
      ['ulysses', undefined],
      ['@alice', undefined],
    ],
  ],
  feishu: [
    normaliseFeishu,
    [
      ['ou_7d8a6e6df7621556ce0d21922b676706', 'ou_7d8a6e6df7621556ce0d21922b676706'],
      ['feishu:ou_7d8a6e6d', 'ou_7d8a6e6d'],
      ['Lark:ou_7d8a6e6d', 'ou_7d8a6e6d'],
      ['feishu:user:ou_7d8a6e6d', 'ou_7d8a6e6d'],
      ['oc_a0553eda9014c201', 'oc_a0553eda9014c201'],
      ['feishu:chat:oc_a0553eda9014c201', 'oc_a0553eda9014c201'],
      ['on_94a1ee5551019f18', undefined],
      ['alice', undefined],
      ['ou_', undefined],
    ],
  ],
  qqbot: [
    normaliseQqbot,
    [
      [hex, hex],
      [hex.toLowerCase(), hex],
      [`qqbot:${hex}`, hex],
      [`qqbot:c2c:${hex}`, hex],
      [`QQ:${hex}`, hex],
      ['144115218182563108', '144115218182563108'],
      ['a b', undefined],
      ['', undefined],
    ],
  ],
}

for (const [channel, [normalise, rows]] of Object.entries(tables)) {
  t.test(`${channel}: one form for each entry of an allow list`, async (t) => {
    for (const [given, form] of rows) t.equal(normalise(given), form, given)
    for (const [given, form] of rows) if (form !== undefined) t.equal(normalise(form), form, `${given} twice`)
  })
}
