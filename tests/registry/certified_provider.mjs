// The certified `oidc-provider` (npm), with one client and people who are what their subject says.
import Provider from 'oidc-provider';

const [port, clientId, clientSecret, redirectUri] = process.argv.slice(2);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
  pkce: { required: () => true },
  claims: { openid: ['sub'], profile: ['name', 'groups'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['of this test alone'] },
  findAccount: (_context, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: `The ${sub}`, groups: [`sbs-${sub}s`] }),
  }),
});

provider.listen(Number(port), '127.0.0.1');
