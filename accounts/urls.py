"""Signing in and one's own login, all under /account/. Each view of the library is named: what is not here, nobody can
reach (no sign-up, no change of address, no codes by mail)."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import path, re_path
from django.views.generic import RedirectView

from accounts import absence_views
from accounts import profile_views as views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="profile"), name="account_email"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("factors/", mfa.index, name="mfa_index"),
    path("factors/code/", mfa.authenticate, name="mfa_authenticate"),
    path("factors/confirm/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("factors/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("factors/app/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("factors/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("factors/recovery-codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("factors/recovery-codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("factors/keys/", keys.list_webauthn, name="mfa_list_webauthn"),
    path("factors/keys/add/", keys.add_webauthn, name="mfa_add_webauthn"),
    path("factors/keys/sign-in/", keys.login_webauthn, name="mfa_login_webauthn"),
    path("factors/keys/confirm/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("factors/keys/<int:pk>/rename/", keys.edit_webauthn, name="mfa_edit_webauthn"),
    path("factors/keys/<int:pk>/remove/", keys.remove_webauthn, name="mfa_remove_webauthn"),
    path("profile/", views.profile, name="profile"),
    path("profile/theme/", views.theme, name="profile_theme"),
    path("profile/devices/", views.sessions, name="profile_sessions"),
    path("profile/devices/<int:session_id>/end/", views.end_session, name="profile_session_end"),
    path("profile/absences/", absence_views.absences, name="profile_absences"),
    path("profile/absences/<int:absence_id>/end/", absence_views.end, name="profile_absence_end"),
    path("profile/tokens/", views.api_tokens, name="profile_tokens"),
    path("profile/tokens/new/", views.new_token, name="profile_token_new"),
    path("profile/tokens/<int:token_id>/revoke/", views.revoke_token, name="profile_token_revoke"),
]
