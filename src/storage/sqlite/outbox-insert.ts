/** A message to a place; one that is known by its key stays as it is. */
export const outboxInsert = `
  INSERT INTO channel_outbox (key, channel, account, place, body, status, created_at, next_at)
  VALUES (@key, @channel, @account, @place, @body, 'pending', @at, @at)
  ON CONFLICT (key) DO NOTHING`
