/** Settings of a PostgreSQL whose data nobody needs tomorrow: it does not wait for the disk. */
export const TEST_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '128MB',
} as const;
