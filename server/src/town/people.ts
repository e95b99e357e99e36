/**
 * The demo town: the people of a freshly seeded Carat. They are characters, not persons,
 * and exist only where the town was asked for.
 */
export interface Townsperson {
  readonly handle: string;
  readonly displayName: string;
  /** Key of an avatar in the web app's art. */
  readonly avatar: string;
  readonly bio: string;
  /** One line for the sign-in page of the demo. */
  readonly line: string;
  readonly dateOfBirth: string;
}

export interface TownCreator extends Townsperson {
  readonly title: string;
  readonly hashtags: readonly string[];
  readonly category: string;
  readonly scene: 'lamp' | 'kitchen' | 'galaxy' | 'garden' | 'arcade' | 'studio';
  readonly goal: { readonly title: string; readonly diamonds: number };
  readonly pinned: string | null;
  /** How many of the town follow, out of ten. */
  readonly fame: number;
  /** What fans say here. */
  readonly talk: readonly string[];
}

export interface TownFan extends Townsperson {
  /** Coins bought before the story begins. */
  readonly coins: number;
  /** How often this fan gives dear gifts, 0 to 1. */
  readonly generosity: number;
}

export const TOWN_CREATORS: readonly TownCreator[] = [
  {
    handle: 'mira',
    displayName: 'Mira Solane',
    avatar: 'microphone',
    bio: 'Songs by lamplight, most evenings.',
    line: 'Creator. Sings by lamplight and has gifts pending.',
    dateOfBirth: '1996-04-12',
    title: 'Lamp-lit song requests',
    hashtags: ['singing', 'acoustic', 'requests'],
    category: 'Singing',
    scene: 'lamp',
    goal: { title: 'Encore set', diamonds: 10_000 },
    pinned: 'Requests open until 9 pm. Sunflower = next in queue.',
    fame: 9,
    talk: [
      'can you do Paper Lanterns next?',
      'that low note though',
      'goal is so close',
      'what mic is that?',
      'chorus from last week please',
      'goosebumps',
      'hello from Porto',
      'volume is perfect today',
      'turning the lights down for this one',
      'encore encore encore',
      'first time here, staying',
      'this is my evening ritual now',
    ],
  },
  {
    handle: 'juno',
    displayName: 'Juno Vale',
    avatar: 'robot',
    bio: 'Retro games, honest deaths.',
    line: 'Creator. Plays old games badly and well.',
    dateOfBirth: '1999-09-03',
    title: 'One-coin arcade run',
    hashtags: ['games', 'retro', 'speedrun'],
    category: 'Games',
    scene: 'arcade',
    goal: { title: 'Hard mode', diamonds: 6_000 },
    pinned: null,
    fame: 6,
    talk: [
      'left left LEFT',
      'that boss is unfair',
      'new personal best incoming',
      'who else remembers this level',
      'secret door behind the waterfall',
      'gg',
      'one more try',
      'the soundtrack is everything',
    ],
  },
  {
    handle: 'tomo',
    displayName: 'Tomo Arai',
    avatar: 'cook',
    bio: 'Small kitchen, big noodles.',
    line: 'Creator. Cooks what the chat decides.',
    dateOfBirth: '1990-01-28',
    title: 'Midnight noodles, you choose the broth',
    hashtags: ['cooking', 'noodles'],
    category: 'Cooking',
    scene: 'kitchen',
    goal: { title: 'Extra chili', diamonds: 4_000 },
    pinned: 'Poll in chat: miso or shoyu?',
    fame: 5,
    talk: [
      'miso miso miso',
      'more chili please',
      'I can smell this through the screen',
      'what knife is that',
      'recipe link?',
      'my stomach just answered',
      'shoyu team here',
      'steam is so cozy',
    ],
  },
  {
    handle: 'nova',
    displayName: 'Nova Lindqvist',
    avatar: 'astronaut',
    bio: 'The sky tonight, explained.',
    line: 'Creator. Small stage, big telescope.',
    dateOfBirth: '2001-06-17',
    title: 'Looking for the ring of Saturn',
    hashtags: ['space', 'science', 'chill'],
    category: 'Science',
    scene: 'galaxy',
    goal: { title: 'Deep field', diamonds: 2_000 },
    pinned: null,
    fame: 2,
    talk: [
      'is that Jupiter?',
      'clouds go away',
      'how far is that in light years',
      'so quiet here, love it',
      'wow the ring!',
      'what lens do you use',
    ],
  },
  {
    handle: 'wren',
    displayName: 'Wren Okafor',
    avatar: 'artist',
    bio: 'Watercolor gardens.',
    line: 'Creator. Paints while you talk.',
    dateOfBirth: '1994-11-09',
    title: 'Painting the garden after rain',
    hashtags: ['art', 'watercolor', 'calm'],
    category: 'Art',
    scene: 'garden',
    goal: { title: 'Give the painting away', diamonds: 3_000 },
    pinned: null,
    fame: 4,
    talk: [
      'that green is unreal',
      'how do you keep it so light',
      'paint the snail please',
      'I am learning so much',
      'the rain sound is real?',
      'leave the corner white',
    ],
  },
];

export const TOWN_FANS: readonly TownFan[] = [
  fan('ana', 'Ana Prado', 'fox', '1998-02-20', 2_480, 0.2, 'Fan. Has 2,480 Coins to try everything with.'),
  fan('ben', 'Ben Hale', 'bear', '1997-07-05', 0, 0, 'Fan. No Coins yet: try topping up.'),
  fan('oona', 'Oona', 'unicorn', '1995-03-14', 17_500, 0.7, 'Fan. Loves a disco ball.'),
  fan('ferro', 'Ferro', 'frog', '1989-12-01', 35_000, 0.9, 'Fan. Sends comets.'),
  fan('baleen', 'Baleen', 'dolphin', '1993-05-22', 7_000, 0.5, 'Fan. Never misses a song.'),
  fan('nell', 'Nell', 'butterfly', '2000-10-10', 3_500, 0.3, 'Fan. Sunflowers only.'),
  fan('koji', 'Koji', 'tiger', '1992-08-30', 3_500, 0.3, 'Fan. Claps a lot.'),
  fan('pip', 'Pip', 'panda', '2002-01-19', 1_400, 0.1, 'Fan. Mostly asks for songs.'),
  fan('dash', 'Dash', 'alien', '1999-04-04', 1_400, 0.1, 'Fan. Says hello from everywhere.'),
  fan('tam', 'Tam', 'koala', '1996-09-27', 1_400, 0.1, 'Fan. Asks about microphones.'),
  fan('ivo', 'Ivo', 'owl', '1991-06-06', 3_500, 0.2, 'Fan. Here after midnight.'),
  fan('sunny', 'Sunny', 'chick', '2001-12-24', 1_400, 0.1, 'Fan. First time here.'),
  fan('marlow', 'Marlow', 'sloth', '1988-03-03', 7_000, 0.6, 'Fan. Quiet and generous.'),
  fan('pearl', 'Pearl', 'octopus', '1994-07-17', 3_500, 0.4, 'Fan. Eight gifts at once.'),
  fan('rook', 'Rook', 'penguin', '1997-11-11', 1_400, 0.1, 'Fan. Knows every speedrun.'),
  fan('saffi', 'Saffi', 'rabbit', '2000-05-05', 1_400, 0.2, 'Fan. Paints along.'),
  fan('teo', 'Teo', 'lion', '1990-02-02', 7_000, 0.5, 'Fan. Roars for encores.'),
  fan('uma', 'Uma', 'hedgehog', '1998-08-08', 1_400, 0.1, 'Fan. Stargazer.'),
];

/** The two operators; the books are kept by two people. */
export const TOWN_OPERATORS: readonly Townsperson[] = [
  {
    handle: 'olu',
    displayName: 'Olu Adeyemi',
    avatar: 'swan',
    bio: 'Keeps the books.',
    line: 'Operator.',
    dateOfBirth: '1985-05-15',
  },
  {
    handle: 'per',
    displayName: 'Per Lund',
    avatar: 'ringed-planet',
    bio: 'Checks the books.',
    line: 'Operator.',
    dateOfBirth: '1983-10-21',
  },
];

function fan(
  handle: string,
  displayName: string,
  avatar: string,
  dateOfBirth: string,
  coins: number,
  generosity: number,
  line: string,
): TownFan {
  return { handle, displayName, avatar, bio: '', line, dateOfBirth, coins, generosity };
}
