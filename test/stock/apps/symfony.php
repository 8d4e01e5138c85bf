<?php
// As Symfony's documentation shows: the one-file kernel of "Building your own Framework with the MicroKernelTrait", the
// login and logout of "Security", the tokens of "How to Implement CSRF Protection", and a proxy that is trusted.
require_once '/usr/share/php/Symfony/Bundle/FrameworkBundle/autoload.php';
require_once '/usr/share/php/Symfony/Bundle/SecurityBundle/autoload.php';
require_once '/usr/share/php/Symfony/Component/Security/Csrf/autoload.php';

use Symfony\Bundle\FrameworkBundle\FrameworkBundle;
use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait;
use Symfony\Bundle\SecurityBundle\SecurityBundle;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Kernel as BaseKernel;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;
use Symfony\Component\Security\Csrf\CsrfToken;

class Kernel extends BaseKernel
{
    use MicroKernelTrait;

    public function registerBundles(): iterable
    {
        return [new FrameworkBundle(), new SecurityBundle()];
    }

    protected function configureContainer(ContainerConfigurator $container): void
    {
        $container->extension('framework', [
            'secret' => '%env(APP_SECRET)%',
            'csrf_protection' => true,
            'trusted_proxies' => '127.0.0.1',
            'session' => [
                'handler_id' => null,
                'cookie_secure' => 'auto',
                'cookie_samesite' => 'lax',
                'storage_factory_id' => 'session.storage.factory.native',
            ],
        ]);
        $container->extension('security', [
            'enable_authenticator_manager' => true,
            'password_hashers' => ['Symfony\Component\Security\Core\User\InMemoryUser' => 'plaintext'],
            'providers' => ['users' => ['memory' => ['users' => [
                'alice' => ['password' => '%env(STOCK_PASSWORD)%', 'roles' => ['ROLE_USER']],
            ]]]],
            'firewalls' => ['main' => [
                'lazy' => true,
                'provider' => 'users',
                'form_login' => ['login_path' => 'login', 'check_path' => 'login', 'enable_csrf' => true],
                'logout' => ['path' => 'logout'],
            ]],
            'access_control' => [
                ['path' => '^/me', 'roles' => 'ROLE_USER'],
                ['path' => '^/note', 'roles' => 'ROLE_USER'],
            ],
        ]);
    }

    protected function configureRoutes(RoutingConfigurator $routes): void
    {
        $routes->add('home', '/')->controller([$this, 'home'])->methods(['GET']);
        $routes->add('login', '/login')->controller([$this, 'login']);
        $routes->add('me', '/me')->controller([$this, 'me'])->methods(['GET']);
        $routes->add('note', '/note')->controller([$this, 'note'])->methods(['POST']);
        $routes->add('logout', '/logout')->methods(['GET']);
    }

    public function home(): Response
    {
        return new Response('<title>Stock</title>');
    }

    public function login(): Response
    {
        $token = htmlspecialchars($this->tokens()->getToken('authenticate'));
        return new Response("<form method=post><input name=_username><input type=password name=_password>
            <input type=hidden name=_csrf_token value=\"$token\"><button>Sign in</button></form>");
    }

    public function me(): Response
    {
        return new Response('alice');
    }

    public function note(Request $request): Response
    {
        if (!$this->tokens()->isTokenValid(new CsrfToken('authenticate', $request->request->get('_csrf_token')))) {
            return new Response('', 403);
        }
        $request->getSession()->set('note', $request->request->get('note'));
        return new Response();
    }

    private function tokens()
    {
        return $this->getContainer()->get('security.csrf.token_manager');
    }
}

$kernel = new Kernel('prod', false);
$request = Request::createFromGlobals();
$response = $kernel->handle($request);
$response->send();
$kernel->terminate($request, $response);
