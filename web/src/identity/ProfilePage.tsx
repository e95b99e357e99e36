import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronDown, ExternalLink } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { usePolicy } from '../api/policy.ts';
import { queryClient } from '../api/query.ts';
import { changedPerson, keepMe, type Me, useSignOut } from '../api/session.ts';
import { AVATAR_KEYS } from '../art/avatars.ts';
import { chooseEffects, EFFECTS_WORD, type Effects, useEffects } from '../gifts/effects.ts';
import { shortcutsWanted, wantShortcuts } from '../shell/shortcuts.ts';
import { chooseTheme, type ThemeChoice, themeChoice } from '../shell/theme.ts';
import { RankChoice } from '../supporters/RankChoice.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { Segment } from '../ui/Segment.tsx';
import { ErrorCard } from '../ui/States.tsx';
import { formProblem, useFocusOnWrong } from './form.ts';
import { HandleField } from './HandleField.tsx';
import { PasswordField } from './PasswordField.tsx';
import { passwordHint } from './password-hint.ts';
import type { MeAnswer } from './people-api.ts';
import { Signed } from './Signed.tsx';
import './identity.css';

/** What others see of a person, and how the site behaves for them. */
export function ProfilePage() {
  return (
    <Signed title="You" why="Sign in to change your profile.">
      {(me) => (
        <div className="page-body max-w-[860px]!">
          <PageHead title="You" tab="Your profile" sub={`${me.email}, seen by nobody else`}>
            <Link to="/c/$handle" params={{ handle: me.handle }} {...buttonLook({ kind: 'ghost' })}>
              <ExternalLink aria-hidden />
              Your page
            </Link>
          </PageHead>
          {/* Another person, another form. */}
          <ProfileForm key={me.id} me={me} />
          <Creating me={me} />
          <RankChoice me={me} />
          <Behaviour />
          <PasswordForm />
          <SignOut />
        </div>
      )}
    </Signed>
  );
}

function ProfileForm({ me }: { readonly me: Me }) {
  const policy = usePolicy();
  const [displayName, setDisplayName] = useState(me.displayName);
  const [handle, setHandle] = useState(me.handle);
  const [bio, setBio] = useState(me.bio ?? '');
  const [avatar, setAvatar] = useState(me.avatar);
  const change = {
    ...(displayName === me.displayName ? {} : { displayName }),
    ...(handle === me.handle ? {} : { handle }),
    ...(bio === (me.bio ?? '') ? {} : { bio }),
    ...(avatar === me.avatar ? {} : { avatar }),
  };
  const changed = Object.keys(change).length > 0;
  const save = useMutation({
    mutationFn: () => api.patch<MeAnswer>('/me', change),
    onSuccess: ({ me: saved }) => {
      keepMe(saved);
      setDisplayName(saved.displayName);
      setHandle(saved.handle);
      setBio(saved.bio ?? '');
      void queryClient.invalidateQueries({ queryKey: ['person'] });
      notifyDone('Your profile is saved.');
    },
  });
  const problem = formProblem(save.error, ['/displayName', '/handle', '/bio']);
  const form = useFocusOnWrong(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changed) save.mutate();
  };
  return (
    <section className="card" aria-labelledby="profile">
      <h2 id="profile" className="text-lg!">
        What others see
      </h2>
      <form ref={form} onSubmit={submit} className="mt-4 grid gap-5">
        {problem.rest === null ? null : (
          <ErrorCard title="Your profile was not saved." error={problem.rest} />
        )}
        <div className="flex items-center gap-4">
          <Avatar avatar={avatar} size={72} />
          <div>
            <b className="block font-display text-2xl">{displayName}</b>
            <span className="text-fg-3">@{handle}</span>
          </div>
        </div>
        <fieldset className="field">
          <legend className="mb-1.5 text-[14px] font-[650]">Picture</legend>
          <div className="faces">
            {AVATAR_KEYS.map((key) => (
              <label key={key}>
                <input
                  type="radio"
                  name="avatar"
                  value={key}
                  checked={avatar === key}
                  onChange={() => setAvatar(key)}
                  aria-label={key.replaceAll('-', ' ')}
                />
                <Avatar avatar={key} size={44} />
              </label>
            ))}
          </div>
        </fieldset>
        <div className="grid items-start gap-5 md:grid-cols-2">
          <Field
            label="Your name"
            value={displayName}
            required
            maxLength={100}
            onChange={(event) => setDisplayName(event.target.value)}
            wrong={problem.at('/displayName')}
          />
          <HandleField
            value={handle}
            onChange={setHandle}
            hint={
              policy === undefined
                ? 'Your address here.'
                : `Can be changed once in ${policy.people.handleChangeDays} days; the old one stays yours meanwhile.`
            }
            wrong={problem.at('/handle')}
          />
        </div>
        <div className="field">
          <label htmlFor="bio">About you</label>
          <textarea
            id="bio"
            className="input"
            rows={3}
            value={bio}
            onChange={(event) => setBio(event.target.value)}
            aria-invalid={problem.at('/bio') === undefined ? undefined : true}
            aria-describedby="bio-hint"
          />
          <span className="hint" id="bio-hint">
            {bioHint([...bio].length, policy?.people.bioLengthMax)}
          </span>
          {problem.at('/bio') === undefined ? null : (
            <span className="wrong" role="alert">
              {problem.at('/bio')}
            </span>
          )}
        </div>
        <div>
          <Button type="submit" kind="primary" busy={save.isPending} disabled={!changed}>
            Save
          </Button>
        </div>
      </form>
    </section>
  );
}

function bioHint(length: number, max: number | undefined): string {
  if (max === undefined) return `${length} characters`;
  return length <= max ? `${max - length} characters left` : `${length - max} characters too many`;
}

/** Opens the side of the site where gifts are received. */
function Creating({ me }: { readonly me: Me }) {
  const open = useMutation({
    mutationFn: () => api.post<MeAnswer>('/me/creator'),
    onSuccess: async ({ me: creator }) => {
      await changedPerson(creator);
      notifyDone('You are a creator. Earnings are open.');
    },
  });
  if (me.roles.includes('creator')) return null;
  return (
    <section className="card" aria-labelledby="creating">
      <h2 id="creating" className="text-lg!">
        Receive gifts
      </h2>
      <p className="mt-1 text-fg-2">
        As a creator you have a stage. Gifts sent there become Diamonds, and Diamonds become money.
      </p>
      {open.isError ? (
        <div className="mt-3">
          <ErrorCard title="The stage was not opened." error={open.error} />
        </div>
      ) : null}
      <div className="mt-4 flex flex-wrap gap-2.5">
        {me.adult ? (
          <Button kind="primary" busy={open.isPending} onClick={() => open.mutate()}>
            Become a creator
          </Button>
        ) : (
          <Link to="/age" {...buttonLook({ kind: 'ghost' })}>
            See when it opens
          </Link>
        )}
      </div>
    </section>
  );
}

const EFFECT_LEVELS = (['full', 'calm', 'off'] as const).map((value) => ({
  value,
  label: EFFECTS_WORD[value],
}));

function Behaviour() {
  const [theme, setTheme] = useState(themeChoice);
  const [keys, setKeys] = useState(shortcutsWanted);
  const effects = useEffects();
  return (
    <section className="card" aria-labelledby="behaviour">
      <h2 id="behaviour" className="text-lg!">
        On this device
      </h2>
      <div className="mt-3 grid gap-3 md:gap-1">
        <div className="flex min-h-[52px] flex-wrap items-center justify-between gap-x-3 gap-y-2">
          <span>
            Theme
            <small className="block text-sm text-fg-3">A stage is always dark.</small>
          </span>
          <Segment<ThemeChoice>
            label="Theme"
            value={theme}
            items={[
              { value: 'system', label: 'As the system' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
            onChange={(choice) => {
              chooseTheme(choice);
              setTheme(choice);
            }}
          />
        </div>
        <div className="flex min-h-[52px] flex-wrap items-center justify-between gap-x-3 gap-y-2">
          <span>
            Effects
            <small className="block text-sm text-fg-3">
              Calm keeps pictures still; Off leaves gifts to the chat.
            </small>
          </span>
          <Segment<Effects> label="Effects" value={effects} items={EFFECT_LEVELS} onChange={chooseEffects} />
        </div>
        <label className="switch">
          <span>
            Single-key shortcuts
            <small>G for gifts, C for chat, / for search. Turn off if you dictate.</small>
          </span>
          <input
            type="checkbox"
            role="switch"
            aria-checked={keys}
            checked={keys}
            onChange={(event) => {
              wantShortcuts(event.target.checked);
              setKeys(event.target.checked);
            }}
          />
        </label>
      </div>
    </section>
  );
}

function PasswordForm() {
  const policy = usePolicy();
  const [currentPassword, setCurrentPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const change = useMutation({
    mutationFn: () => api.patch<void>('/me/password', { currentPassword, newPassword }),
    onSuccess: () => {
      setCurrentPassword('');
      setNewPassword('');
      notifyDone('Your password is changed. You are signed out everywhere else.');
    },
  });
  const problem = formProblem(change.error, ['/currentPassword', '/newPassword', '/password']);
  const form = useFocusOnWrong(change.error);
  return (
    <section className="card">
      <details className="how">
        <summary className="text-lg! text-fg!">
          Change your password
          <ChevronDown aria-hidden className="turns" />
        </summary>
        <form
          ref={form}
          className="mt-3 grid max-w-[420px] gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate();
          }}
        >
          {problem.rest === null ? null : (
            <ErrorCard title="The password was not changed." error={problem.rest} />
          )}
          <PasswordField
            label="Current password"
            value={currentPassword}
            onChange={setCurrentPassword}
            autoComplete="current-password"
            wrong={problem.at('/currentPassword')}
          />
          <PasswordField
            label="New password"
            value={newPassword}
            onChange={setNewPassword}
            autoComplete="new-password"
            hint={`${passwordHint(policy)} You will be signed out everywhere else.`}
            wrong={problem.at('/newPassword') ?? problem.at('/password')}
          />
          <div>
            <Button type="submit" kind="ghost" busy={change.isPending}>
              Change the password
            </Button>
          </div>
        </form>
      </details>
    </section>
  );
}

function SignOut() {
  const signOut = useSignOut();
  return (
    <div>
      <Button kind="bare" busy={signOut.isPending} onClick={() => signOut.mutate()}>
        Sign out
      </Button>
    </div>
  );
}
