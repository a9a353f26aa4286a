from tests.accounts.conftest import refused_by as refused_by
