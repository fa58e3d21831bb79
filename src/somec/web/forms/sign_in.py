"""The forms of signing in and of security keys in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):  # type: ignore[misc]
    """Work address and password; a forgotten password is the administrator's to renew, so no link offers it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, login.help_text = _("Work e-mail address"), ""
        password.label, password.help_text = _("Password"), _("You may paste it.")
        for field in (login, password):
            field.widget.attrs.pop("placeholder", None)


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """A new password for who knows the present one; who forgot it asks the administrator, so no link offers a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now, new, again = (self.fields[name] for name in ("oldpassword", "password1", "password2"))
        now.label, now.help_text = _("Your password now"), _("Forgotten? Your administrator gives you a new beginning.")
        new.label, again.label = _("New password"), _("The new password once more")
        for field in (now, new, again):
            field.widget.attrs.pop("placeholder", None)


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new security key; its name is for its owner only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")


class EditKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
