from django.urls import path

from accounts.pages import citizens, staff

app_name = "accounts"

urlpatterns = [
    path("sign-in/", citizens.sign_in, name="sign_in"),
    path("sign-in/code/", citizens.code, name="code"),
    path("sign-in/code/again/", citizens.code_again, name="code_again"),
    path("sign-in/who/", citizens.who, name="who"),
    path("sign-in/who/choose/", citizens.choose, name="choose"),
    path("staff/", staff.sign_in, name="staff_sign_in"),
    path("sign-out/", staff.sign_out, name="sign_out"),
]
