# Django as `startproject` makes it, with its own login and logout views; what the deployment checklist asks first.
set -e
django-admin startproject stock .
mkdir -p templates/registration
printf '<title>Stock</title>' > templates/home.html
printf '<title>Log in</title><form method="post">{%% csrf_token %%}{{ form.as_p }}<button>Log in</button></form>' > templates/registration/login.html
cat >> stock/settings.py <<'SETTINGS'
DEBUG = False
ALLOWED_HOSTS = ["localhost"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates"]
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
SETTINGS
cat > stock/urls.py <<'URLS'
from django.http import JsonResponse
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView


@require_safe
def me(request):
    user = request.user
    return JsonResponse({"user": user.get_username()}, status=200 if user.is_authenticated else 401)


urlpatterns = [
    path("", TemplateView.as_view(template_name="home.html")),
    path("me", me),
    path("accounts/", include("django.contrib.auth.urls")),
]
URLS
python manage.py migrate -v 0
DJANGO_SUPERUSER_PASSWORD="$STOCK_PASSWORD" python manage.py createsuperuser --noinput --username alice --email alice@example.com
exec gunicorn --bind "127.0.0.1:$PORT" stock.wsgi
