// Every chapter, one after another. `--test-name-pattern` chooses among the scenarios.

import './scenarios/login.mjs';
import './scenarios/remember.mjs';
import './scenarios/recovery.mjs';
import './scenarios/sign-up.mjs';
import './scenarios/account.mjs';
import './scenarios/language.mjs';
import './scenarios/elsewhere.mjs';
import './scenarios/user-system.mjs';
import './scenarios/canary.mjs';
import './scenarios/next.mjs';
import './scenarios/looks.mjs';
